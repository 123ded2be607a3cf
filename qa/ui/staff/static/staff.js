// Small conveniences of the staff's pages. Everything works without them.

// A form that changes something is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// Where the navigation is wider than a phone, the present page is in view.
document.querySelector(".places [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// A page that the browser kept has its forms back when it is shown again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
