// How the page is read: size, contrast and movement as the reader likes them, kept in this
// browser, and quotes read aloud by the browser's own voices.
() => {
  "use strict";

  const KEPT = "quotewell.reading";
  const TICKS = ["contrast", "calm"];
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const voices = window.speechSynthesis;
  const liked = { size: "normal", contrast: false, calm: false, ...kept() };
  let spoken = null; // the id of the card that is read aloud

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEPT));
    } catch {
      return null; // A browser that keeps nothing: the choice holds until the page is closed.
    }
  }

  function keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify(liked));
    } catch {
      // As above.
    }
  }

  function look() {
    root.dataset.size = liked.size;
    for (const name of TICKS) root.classList.toggle(name, liked[name]);
  }

  function showReading() {
    const panel = byId("reading");
    const size = panel.querySelector(`[value="${CSS.escape(liked.size)}"]`);
    if (size) size.checked = true;
    for (const name of TICKS) panel.querySelector(`[name="${name}"]`).checked = liked[name];
  }

  function choose(input) {
    if (input.name === "size") liked.size = input.value;
    else liked[input.name] = input.checked;
    look();
    keep();
  }

  // A voice of the quote's own language, or else what the browser makes of it.
  function voice(language) {
    const code = language.toLowerCase().split("-")[0];
    return voices.getVoices().find((one) => one.lang.toLowerCase().split(/[-_]/)[0] === code);
  }

  function showVoices() {
    root.classList.toggle("speaks", voices.getVoices().length > 0);
  }

  function speak(button) {
    const id = button.dataset.speak;
    const again = spoken === id;
    hush();
    if (again) return;
    const words = byId(id).querySelector(".quote-text");
    const saying = new SpeechSynthesisUtterance(words.innerText);
    saying.lang = words.lang;
    saying.voice = voice(words.lang) || null;
    saying.onend = saying.onerror = () => spoken === id && mark(null);
    mark(id);
    voices.speak(saying);
  }

  function hush() {
    voices?.cancel();
    mark(null);
  }

  function mark(id) {
    spoken = id;
    for (const button of document.querySelectorAll("[data-speak]")) {
      const on = button.dataset.speak === id;
      if (button.ariaPressed !== String(on)) button.ariaPressed = String(on);
    }
  }

  function close(focus) {
    byId("reading").open = false;
    if (focus) byId("reading").querySelector("summary").focus();
  }

  function ready() {
    if (byId("reading")) showReading();
    else window.requestAnimationFrame(ready);
  }

  Object.assign(window.quotewell, { showReading, hush });
  look();
  if (voices) {
    showVoices();
    voices.addEventListener?.("voiceschanged", showVoices);
    window.addEventListener("pagehide", hush);
  }
  document.addEventListener("change", (event) => event.target.closest("#reading") && choose(event.target));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-speak]");
    if (button) speak(button);
    if (byId("reading")?.open && !event.target.closest("#reading")) close(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.("#reading[open]")) close(true);
  });
  ready();
}
