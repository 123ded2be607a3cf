// What the page does beside Gradio: shows a question at once, opens documents, copies quotes.
// Every sentence comes from qa/notices, through the data-notices attribute.
() => {
  "use strict";

  const NARROW = window.matchMedia("(max-width: 1023px)");
  const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
  const PING_EVERY = 30000;
  const SAID_FOR = 5000; // then it is on the page only once
  const LONG = 5000; // an answer that takes so long may not come: is the connection still there?
  const UNANSWERED = "quotewell.unanswered"; // in this tab, while Gradio loads the page anew
  const byId = (id) => document.getElementById(id);
  const notice = (name) => JSON.parse(byId("notices").dataset.notices)[name.includes(".") ? name : `page.${name}`];
  const box = () => document.querySelector("#question textarea");
  const smooth = () => (STILL.matches || document.documentElement.matches(".calm") ? "auto" : "smooth");

  // Asking

  let waiting = null; // the question that is being answered
  let exactly = false;
  let stopping = false; // until the page knows that the answer will not come

  function begin(text) {
    const exact = exactly;
    exactly = false;
    waiting = text;
    say("");
    tell(notice("slow"));
    const pending = byId("pending");
    pending.querySelector(".asked-words").textContent = text;
    pending.hidden = false;
    document.documentElement.classList.add("talking");
    byId("ask").setAttribute("aria-disabled", "true");
    if (NARROW.matches) box().blur();
    toTop(pending);
    window.setTimeout(() => waiting === null || watch(), LONG);
    return ["", text, exact, document.querySelector("#reader :checked").value, `${Date.now()}-${Math.random()}`];
  }

  function settle() {
    waiting = null;
    byId("pending").hidden = true;
    byId("ask").removeAttribute("aria-disabled");
  }

  function answered() {
    settle();
    window.quotewell.hush();
    const turns = document.querySelectorAll("#conversation .turn");
    const turn = turns[turns.length - 1];
    if (!turn) return;
    const asked = turn.querySelector(".asked");
    if ("again" in turn.dataset && !box().value) write(turn.querySelector(".asked-words").textContent);
    // From the box focus does not move; a button that asked is far up or gone by now.
    const at = document.activeElement;
    if (at === document.body || "ask" in at.dataset) asked.focus({ preventScroll: true });
    showOpened();
    toTop(turn);
    const news = [".care-head", ".care-advice", ".library-says", ".searched > span", ".outcome", ".card h3", ".quote-text"].map((part) => turn.querySelector(part));
    tell(...news.filter(Boolean).map((part) => part.textContent));
  }

  function putBack() {
    const text = waiting;
    settle();
    if (text && !box().value) write(text);
    document.documentElement.classList.toggle("talking", Boolean(document.querySelector("#conversation .turn")));
  }

  async function failed() {
    if (waiting === null) return; // it was stopped
    putBack();
    say((await ping()) ? notice("busy") : notice("offline"));
    byId("retry").hidden = false;
  }

  // A lost connection makes Gradio load the page anew: the question comes back into the box.
  function rescue() {
    try {
      if (waiting !== null) sessionStorage.setItem(UNANSWERED, waiting);
    } catch {
      // A browser that keeps nothing: the question is lost.
    }
  }

  function rescued() {
    let text = null;
    try {
      text = sessionStorage.getItem(UNANSWERED);
      sessionStorage.removeItem(UNANSWERED);
    } catch {
      // As above.
    }
    if (!text) return;
    write(text);
    say(notice("turn.lost"));
    byId("retry").hidden = false;
  }

  // Stopping: what comes later is not shown

  function stop() {
    if (waiting === null) return;
    stopping = true;
    window.setTimeout(stopped, SAID_FOR);
    byId("stop-asking").click();
    putBack();
    say(notice("turn.stopped"));
    box().focus();
  }

  function stopped() {
    stopping = false;
  }

  function edit(button) {
    write(button.closest(".turn").querySelector(".asked-words").textContent);
    box().focus();
    box().setSelectionRange(box().value.length, box().value.length);
  }

  function cleared() {
    close(false);
    window.quotewell.hush();
    say("");
    document.documentElement.classList.remove("talking");
    window.scrollTo({ top: 0 });
    box().focus();
  }

  function write(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  function askFor(button) {
    if (waiting !== null) return;
    write(button.dataset.ask);
    exactly = button.dataset.exact === "1";
    window.setTimeout(send, 0);
  }

  // Gradio puts its parts on the page one by one: who is faster waits for the button.
  function send() {
    const button = byId("ask");
    if (button) button.click();
    else window.requestAnimationFrame(send);
  }

  function toTop(element) {
    window.requestAnimationFrame(() => {
      const head = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--head")) || 0;
      const top = element.getBoundingClientRect().top + window.scrollY - head;
      window.scrollTo({ top: Math.max(top, 0), behavior: smooth() });
    });
  }

  // Who reads: kept in this browser, from the moment somebody chooses

  function remember(choice) {
    try {
      localStorage.setItem("quotewell.reader", choice.value);
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
  }

  function remembered() {
    try {
      const choice = document.querySelector(`#reader [value="${CSS.escape(localStorage.getItem("quotewell.reader"))}"]`);
      if (choice) choice.checked = true;
    } catch {
      // As above.
    }
  }

  // What is said: a line above the question box, or to screen readers only

  let silence = 0;

  function tell(...parts) {
    const lines = parts.map((words) => Object.assign(document.createElement("p"), { textContent: words }));
    byId("said").replaceChildren(...lines);
    window.clearTimeout(silence);
    silence = window.setTimeout(() => byId("said").replaceChildren(), SAID_FOR);
  }

  function say(words) {
    const status = byId("page-status");
    if (status && status.textContent !== words) status.textContent = words;
    if (byId("retry")) byId("retry").hidden = true;
  }

  async function ping() {
    try {
      const reply = await fetch("health", { cache: "no-store" });
      return reply.ok ? "ready" : "unready";
    } catch {
      return "";
    }
  }

  let look = 0;

  async function watch() {
    const mine = ++look;
    const state = navigator.onLine ? await ping() : "";
    if (mine !== look) return; // a later look knows better than a slow answer
    if (!state) {
      if (waiting !== null) await failed();
      say(notice("offline"));
    } else if (state === "unready") {
      say(notice("no_index"));
    } else if ([notice("offline"), notice("no_index")].includes(byId("page-status")?.textContent)) {
      say("");
    }
  }

  // The document beside the conversation

  let opener = null; // the button that focus goes back to

  async function open(button) {
    opener = button;
    showOpened();
    const { open: id, version, start, end, title } = button.dataset;
    const body = byId("viewer-body");
    byId("viewer-title").textContent = title;
    body.innerHTML = "";
    body.append(Object.assign(document.createElement("p"), { className: "viewer-notice", textContent: notice("opening") }));
    if (NARROW.matches && byId("viewer").hidden) history.pushState({ document: true }, "");
    showViewer(true);
    byId("viewer-title").focus({ preventScroll: true });
    try {
      const address = `document/${encodeURIComponent(id)}/${version}?start=${start}&end=${end}&language=${window.quotewell.language()}`;
      const reply = await fetch(address, { cache: "no-store" });
      const words = await reply.text();
      if (opener !== button) return;
      body.innerHTML = words;
      body.scrollTop = 0;
      toQuote("auto");
    } catch {
      body.firstElementChild.textContent = notice("offline");
    }
  }

  function showViewer(shown) {
    const viewer = byId("viewer");
    viewer.hidden = !shown;
    document.documentElement.classList.toggle("reading", shown);
    const over = shown && NARROW.matches;
    document.documentElement.classList.toggle("covered", over);
    for (const id of ["page-head", "talk", "about"]) byId(id).inert = over;
    if (over) {
      viewer.setAttribute("role", "dialog");
      viewer.setAttribute("aria-modal", "true");
    } else {
      viewer.removeAttribute("role");
      viewer.removeAttribute("aria-modal");
    }
  }

  // Every answer makes the buttons anew, so the one that opened is found by its id.
  function showOpened() {
    if (opener) opener = byId(opener.id) || opener;
    for (const card of document.querySelectorAll(".card.opened")) card.classList.remove("opened");
    if (opener) opener.closest(".card").classList.add("opened");
  }

  function close(focus = true) {
    if (byId("viewer").hidden) return;
    showViewer(false);
    if (history.state && history.state.document) history.back(); // the step that opening made
    const back = opener;
    opener = null;
    showOpened();
    if (focus && back && back.isConnected) back.focus({ preventScroll: !NARROW.matches });
  }

  function toQuote(behavior) {
    const body = byId("viewer-body");
    const quote = body.querySelector("mark, .box");
    if (!quote) return;
    const [at, frame] = [quote.getBoundingClientRect(), body.getBoundingClientRect()];
    const top = body.scrollTop + at.top - frame.top - body.clientHeight / 4;
    const left = quote.matches(".box") ? body.scrollLeft + at.left - frame.left - 24 : 0;
    body.scrollTo({ top, left, behavior });
  }

  // Copying

  async function copy(button) {
    const words = button.closest(".card").querySelector(".quote-text").textContent;
    const text = `\u201c${words}\u201d\n\u2014 ${button.dataset.copy}`;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyByHand(text, button);
    }
    const label = button.querySelector("span");
    const before = button.dataset.label || label.textContent;
    button.dataset.label = before;
    label.textContent = notice("copied");
    tell(notice("copied"));
    window.setTimeout(() => {
      label.textContent = before;
    }, 2500);
  }

  // Browsers give pages without https no clipboard.
  function copyByHand(text, button) {
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus({ preventScroll: true });
  }

  // Listening

  function onClick(event) {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.id === "ask" && (waiting !== null || stopping || !box().value.trim())) {
      event.stopImmediatePropagation();
      event.preventDefault();
      if (!box().value.trim() && waiting === null) say(notice("nothing"));
      box().focus();
    } else if (target.matches(".skip")) {
      event.preventDefault();
      box().focus();
    } else if ("ask" in target.dataset) askFor(target);
    else if ("open" in target.dataset) open(target);
    else if ("copy" in target.dataset) copy(target);
    else if ("close" in target.dataset) close();
    else if ("toQuote" in target.dataset) toQuote(smooth());
    else if ("stop" in target.dataset) stop();
    else if ("edit" in target.dataset) edit(target);
    else if (target.id === "retry") send();
  }

  function onKey(event) {
    const viewer = byId("viewer");
    if (event.key === "Escape" && viewer && !viewer.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && viewer && viewer.getAttribute("aria-modal")) {
      keepInside(event, viewer);
    } else if (event.key === "Enter" && event.target === box() && !event.isComposing) {
      event.stopImmediatePropagation();
      if (event.shiftKey) return;
      event.preventDefault();
      send();
    }
  }

  function keepInside(event, viewer) {
    const stops = [...viewer.querySelectorAll("button, summary, [tabindex='0']")].filter((e) => e.offsetParent);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    if (event.shiftKey && (document.activeElement === first || !stops.includes(document.activeElement))) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  }

  function onInput(event) {
    if (event.target.name === "reader") remember(event.target);
    if (byId("page-status")?.textContent === notice("nothing")) say("");
  }

  function measure() {
    const root = document.documentElement.style;
    const head = byId("page-head");
    root.setProperty("--head", NARROW.matches || getComputedStyle(head).position !== "sticky" ? "0px" : `${head.offsetHeight}px`);
    root.setProperty("--composer", `${byId("composer").offsetHeight}px`);
  }

  function ready() {
    if (!byId("composer") || !byId("page-head") || !box()) {
      window.requestAnimationFrame(ready);
      return;
    }
    remembered();
    const sizes = new ResizeObserver(measure);
    sizes.observe(byId("page-head"));
    sizes.observe(byId("composer"));
    byId("about").open = !NARROW.matches;
    NARROW.addEventListener("change", () => {
      if (!NARROW.matches) byId("about").open = true;
      showViewer(!byId("viewer").hidden);
      measure();
    });
    rescued();
    watch();
  }

  window.quotewell = { begin, answered, failed, stopped, cleared, close, notice, say, tell, answering: () => waiting !== null };
  document.addEventListener("click", onClick, true);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", onInput, true);
  window.addEventListener("popstate", () => close());
  window.addEventListener("pagehide", rescue);
  window.addEventListener("offline", watch);
  window.addEventListener("online", watch);
  window.setInterval(() => document.hidden || watch(), PING_EVERY);
  ready();
}
