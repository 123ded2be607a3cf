// What a reader does with an answer: share it, print it, say whether it helped, keep a list.
// The list lies in this browser and nowhere else, and only while its switch is on.
() => {
  "use strict";

  const LIST = "quotewell.kept";
  const MOST_KEPT = 100;
  const said = {}; // what was said about answers, by address: every answer makes the forms anew
  const byId = (id) => document.getElementById(id);
  const notice = (name) => JSON.parse(byId("take-notices").dataset.notices)[name];
  const whole = (address) => new URL(address, document.baseURI).href;

  // Sharing

  async function share(button) {
    const url = whole(button.dataset.share);
    const status = button.parentElement.querySelector(".take-said");
    if (navigator.share) {
      try {
        await navigator.share({ url });
        return;
      } catch (error) {
        if (error.name === "AbortError") return; // whoever shared thought better of it
      }
    }
    try {
      await navigator.clipboard.writeText(url);
      status.textContent = notice("take.copied");
    } catch {
      // Without https there is no clipboard: then the address is there to be copied by hand.
      const address = Object.assign(document.createElement("a"), { href: url, textContent: url });
      status.replaceChildren(`${notice("take.not_copied")} `, address);
    }
  }

  // Whether it helped

  async function send(event) {
    const form = event.target.closest("form.feedback");
    if (!form) return;
    event.preventDefault();
    const fields = new URLSearchParams(event.submitter.value === "no" ? new FormData(form) : []);
    fields.set("helpful", event.submitter.value);
    remember(form, event.submitter.value);
    const more = form.querySelector(".feedback-more");
    if (event.submitter.matches(".chip") && !more.hidden) more.scrollIntoView({ block: "nearest" });
    const status = form.querySelector(".feedback-said");
    try {
      const reply = await fetch(form.action, { method: "POST", body: fields });
      status.textContent = notice(reply.ok ? "feedback.thanks" : "feedback.refused");
    } catch {
      status.textContent = notice("feedback.refused");
    }
  }

  function remember(form, helpful) {
    said[form.action] = { helpful, reasons: new FormData(form).getAll("reason"), comment: form.elements.comment.value };
    show(form);
  }

  function show(form) {
    const { helpful, reasons, comment } = said[form.action];
    for (const chip of form.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", chip.value === helpful);
    for (const box of form.querySelectorAll("[name=reason]")) box.checked = reasons.includes(box.value);
    form.elements.comment.value = comment;
    form.querySelector(".feedback-more").hidden = helpful !== "no";
  }

  // The list of questions

  function kept() {
    try {
      const list = JSON.parse(localStorage.getItem(LIST));
      return Array.isArray(list) ? list : null;
    } catch {
      return null;
    }
  }

  function keep(list) {
    try {
      if (list) localStorage.setItem(LIST, JSON.stringify(list.slice(0, MOST_KEPT)));
      else localStorage.removeItem(LIST);
    } catch {
      // A browser that keeps nothing has no list.
    }
    draw();
  }

  function note(turn) {
    const list = kept();
    const bar = turn.querySelector("[data-answer]");
    if (!list || !bar || list.some((one) => one.address === bar.dataset.answer)) return;
    const question = turn.querySelector(".asked-words").textContent;
    keep([{ question, at: Date.now(), address: bar.dataset.answer }, ...list]);
  }

  // The list's place is made anew when the page is said in another language.
  function begin() {
    if (!byId("kept") || "drawn" in byId("kept").dataset) return;
    byId("kept").dataset.drawn = "";
    draw();
  }

  function draw() {
    const list = kept();
    byId("keep").checked = list !== null;
    byId("kept-clear").hidden = !list || list.length === 0;
    byId("kept-list").replaceChildren(...(list || []).map(line));
  }

  function line({ question, at, address }) {
    const named = (name) => notice(name).replace("{question}", question);
    const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
    link.setAttribute("aria-label", named("kept.open"));
    const when = new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    const words = Object.assign(document.createElement("span"), { textContent: question });
    link.append(words, Object.assign(document.createElement("small"), { textContent: when }));
    const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "×" });
    button.dataset.forget = address;
    button.setAttribute("aria-label", named("kept.delete"));
    const item = document.createElement("li");
    item.append(link, button);
    return item;
  }

  function forget(address) {
    keep(kept().filter((one) => one.address !== address));
    byId("kept-said").textContent = notice("kept.deleted");
    byId("keep").focus();
  }

  // Listening

  function onClick(event) {
    const target = event.target.closest("button");
    if (!target) return;
    if ("share" in target.dataset) share(target);
    else if ("print" in target.dataset) window.print();
    else if ("forget" in target.dataset) forget(target.dataset.forget);
    else if (target.id === "kept-clear") {
      keep([]);
      byId("kept-said").textContent = notice("kept.deleted");
      byId("keep").focus();
    }
  }

  function onChange(event) {
    if (event.target.id !== "keep") return;
    byId("kept-said").textContent = event.target.checked ? "" : notice("kept.deleted");
    keep(event.target.checked ? [] : null);
    if (event.target.checked) document.querySelectorAll("#conversation .turn").forEach(note);
  }

  function look() {
    for (const form of document.querySelectorAll("form.feedback")) if (said[form.action]) show(form);
    const turns = document.querySelectorAll("#conversation .turn");
    if (turns.length) note(turns[turns.length - 1]);
  }

  function ready() {
    for (const button of document.querySelectorAll(".tools [hidden]")) button.hidden = false;
    const talk = byId("conversation");
    if (document.body.matches(".sheet-page")) {
      document.querySelector(".source :is(mark, .box)")?.scrollIntoView({ block: "center" });
      return;
    }
    if (!talk || !byId("kept")) {
      window.requestAnimationFrame(ready);
      return;
    }
    begin();
    new MutationObserver(look).observe(talk, { childList: true, subtree: true });
    new MutationObserver(begin).observe(byId("side"), { childList: true, subtree: true });
    window.addEventListener("storage", (event) => event.key === LIST && draw());
  }

  document.addEventListener("click", onClick);
  document.addEventListener("submit", send);
  document.addEventListener("change", onChange);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
}
