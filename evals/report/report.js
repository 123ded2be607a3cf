// The list of questions: filtered, ordered, and shown a page at a time. Words are set as text.
const rows = JSON.parse(document.getElementById("rows").textContent);
const at = (id) => document.getElementById(id);
const PAGE = 50;
let shown = PAGE;

for (const name of ["from", "group"]) {
  const kinds = [...new Set(rows.map((row) => row[name]).filter(Boolean))];
  for (const kind of kinds) at(name).append(new Option(kind, kind));
}

const failed = (row) => (row.right === false ? 0 : row.right === null ? 1 : 2);
const orders = {
  failures: (a, b) => failed(a) - failed(b) || (b.probability ?? 0) - (a.probability ?? 0),
  slowest: (a, b) => (b.ms ?? 0) - (a.ms ?? 0),
  given: () => 0,
};

function chosen() {
  const words = at("search").value.toLowerCase();
  const right = at("right").value;
  return rows
    .filter((row) => !at("from").value || row.from === at("from").value)
    .filter((row) => !at("group").value || row.group === at("group").value)
    .filter((row) => !right || String(row.right) === right)
    .filter((row) => !words || `${row.question} ${row.shown} ${row.id}`.toLowerCase().includes(words))
    .sort(orders[at("order").value]);
}

function part(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

function entry(row) {
  const item = document.createElement("li");
  const state = row.right === null ? "neither" : row.right ? "good" : "bad";
  item.className = state;
  const facts = [row.from, row.group, row.id];
  if (row.probability != null) facts.push(`probability ${row.probability.toFixed(2)}`);
  if (row.ms != null) facts.push(`${row.ms.toFixed(0)} ms`);
  item.append(
    part("state", { good: "right", bad: "failure", neither: "not judged" }[state]),
    part("question", row.question),
    part("shown", row.shown || "nothing shown"),
    part("facts", facts.filter(Boolean).join(" · ")),
  );
  return item;
}

function show() {
  const found = chosen();
  at("list").replaceChildren(...found.slice(0, shown).map(entry));
  at("count").textContent =
    `${found.length} of ${rows.length} questions, ${found.filter((row) => row.right === false).length} failures`;
  at("more").hidden = found.length <= shown;
}

for (const name of ["from", "group", "right", "order", "search"]) {
  at(name).addEventListener("input", () => {
    shown = PAGE;
    show();
  });
}
at("more").addEventListener("click", () => {
  shown += PAGE;
  show();
});
show();
