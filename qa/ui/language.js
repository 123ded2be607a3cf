// The language of the page: the reader's choice, kept in this browser, or else the browser's own.
// The server makes the words; the page comes in the first language and is said again in another.
() => {
  "use strict";

  const KEPT = "quotewell.language";
  const PATIENCE = 4000; // then the page is shown in the language it came in
  const root = document.documentElement;
  const offered = document.querySelector('meta[name="languages"]').content.split(" ");
  const byId = (id) => document.getElementById(id);
  let wanted = kept() || byBrowser() || offered[0];
  let shown = offered[0]; // Gradio names the browser's language on the page, whatever is on it
  let held = null; // what the reader had chosen and where the focus was, before the parts are made anew

  function kept() {
    try {
      return offered.find((code) => code === localStorage.getItem(KEPT));
    } catch {
      return undefined; // A browser that keeps nothing: the choice holds until the page is closed.
    }
  }

  function byBrowser() {
    const codes = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
    return codes.find((code) => offered.includes(code));
  }

  function choose(code) {
    wanted = code;
    try {
      localStorage.setItem(KEPT, code);
    } catch {
      // As above.
    }
    sayAgain();
  }

  // An answer that is under way comes first.
  function sayAgain() {
    if (window.quotewell.answering()) window.setTimeout(sayAgain, 200);
    else byId("say-again").click();
  }

  function hold() {
    window.quotewell.close(false);
    window.quotewell.hush();
    held = {
      reader: document.querySelector("#reader :checked").value,
      focus: document.activeElement.id,
      about: byId("about").open,
    };
    return wanted;
  }

  function saidAgain() {
    shown = root.lang = wanted;
    root.classList.remove("wording");
    document.querySelector(`#reader [value="${held.reader}"]`).checked = true;
    byId("about").open = held.about;
    window.quotewell.showReading();
    if (held.focus) byId(held.focus)?.focus({ preventScroll: true });
  }

  function ready() {
    if (!byId("language") || !byId("say-again") || !byId("about")) window.requestAnimationFrame(ready);
    else if (wanted !== shown) sayAgain();
    else root.lang = shown;
  }

  Object.assign(window.quotewell, { wanted: hold, saidAgain, language: () => shown });
  if (wanted !== shown) {
    root.classList.add("wording");
    window.setTimeout(() => root.classList.remove("wording"), PATIENCE);
  }
  document.addEventListener("change", (event) => event.target.id === "language" && choose(event.target.value));
  ready();
}
