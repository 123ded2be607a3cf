// What a medical word means: shown at the word while the pointer or the focus is on it or on its
// note, and kept open by a press. Escape, the cross or a press elsewhere puts it away.
() => {
  "use strict";

  const LEAVING = 250; // milliseconds in which the pointer may cross to the note
  const EDGE = 12; // pixels between the note and the edges of the page
  let term = null; // the word whose note is shown
  let kept = false; // by a press, whatever the pointer does
  let leaving = 0;
  let returning = false;

  const note = () => term && document.getElementById(term.dataset.meaning);
  const inside = (target) => Boolean(term) && (term.contains(target) || Boolean(note()?.contains(target)));

  function show(at) {
    window.clearTimeout(leaving);
    if (term === at) return;
    put();
    term = at;
    if (!note()) return;
    term.setAttribute("aria-expanded", "true");
    note().hidden = false;
    place();
  }

  function put(focus = false) {
    window.clearTimeout(leaving);
    const word = term;
    if (!word) return;
    if (note()) note().hidden = true;
    word.setAttribute("aria-expanded", "false");
    term = null;
    kept = false;
    if (!focus) return;
    returning = true; // the focus comes back to the word, and the note does not
    word.focus({ preventScroll: true });
    returning = false;
  }

  function press(at) {
    if (term === at && kept) {
      put();
      return;
    }
    show(at);
    kept = true;
    note()?.focus({ preventScroll: true });
  }

  // Below the word, or above it where there is no room; a word that breaks counts by its first line.
  function place() {
    if (!note()) return;
    if (!term.isConnected) {
      put();
      return;
    }
    const word = term.getClientRects()[0];
    const { style, offsetWidth: width, offsetHeight: height } = note();
    const bottom = document.getElementById("composer").getBoundingClientRect().top;
    const room = (bottom > word.bottom ? bottom : window.innerHeight) - EDGE;
    const left = Math.min(word.left, document.documentElement.clientWidth - width - EDGE);
    const above = word.bottom + height > room && word.top > height + EDGE;
    style.left = `${Math.max(left, EDGE)}px`;
    style.top = `${above ? word.top - height - 2 : word.bottom + 2}px`;
  }

  function leave() {
    window.clearTimeout(leaving);
    if (!kept) leaving = window.setTimeout(() => inside(document.activeElement) || put(), LEAVING);
  }

  document.addEventListener("pointerover", (event) => {
    const at = event.target.closest?.(".term");
    if (event.pointerType !== "mouse") return;
    if (at && !kept) show(at);
    else if (inside(event.target)) window.clearTimeout(leaving);
    else if (term) leave();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".term")) returning || show(event.target);
    else if (term && !inside(event.target)) put();
  });
  document.addEventListener("click", (event) => {
    const at = event.target.closest(".term");
    if (at) press(at);
    else if (event.target.closest("[data-close-meaning]")) put(true);
    else if (event.target.closest(".meaning [data-open]") || !inside(event.target)) put();
  });
  window.addEventListener("keydown", (event) => {
    if (event.target.matches?.(".term") && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      press(event.target);
    } else if (event.key === "Escape" && term) {
      event.stopImmediatePropagation();
      put(inside(document.activeElement));
    }
  }, true);
  window.addEventListener("scroll", place, { passive: true });
  window.addEventListener("resize", place);
}
