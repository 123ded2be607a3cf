// Work that goes on behind a page: its part of the page is read again until it is gone.
const going = document.querySelector("[data-again]");

async function lookAgain() {
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  const now = fresh.querySelector("[data-again]");
  if (!reply.ok || !now) return location.reload();
  going.replaceChildren(...now.childNodes);
  setTimeout(lookAgain, going.dataset.again * 1000);
}

if (going) setTimeout(lookAgain, going.dataset.again * 1000);

// A column of a chart leads where its row in the table behind the chart does.
for (const column of document.querySelectorAll("[data-address]")) {
  column.addEventListener("click", () => location.assign(column.dataset.address));
}
