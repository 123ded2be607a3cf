// The pages on the library: how far an index is, a file too large said before it is sent, boxes on pages.

const work = document.querySelector("[data-work]");
if (work) {
  const bar = work.querySelector("progress");
  const doing = work.querySelector("[data-doing]");
  const look = async () => {
    try {
      const answer = await fetch(work.dataset.work, { headers: { accept: "application/json" } });
      const now = await answer.json();
      if (now.phase !== "working") {
        location.replace(location.pathname);
        return;
      }
      bar.max = now.of || 1;
      bar.value = now.done;
      doing.textContent = now.of ? `${now.doing}: ${now.done} of ${now.of}` : "Beginning";
    } catch {
      doing.textContent = "The server does not answer; trying again";
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

const upload = document.querySelector("form[data-upload]");
if (upload) {
  const tooLarge = upload.querySelector("[data-too-large]");
  const button = upload.querySelector("[data-sending]");
  upload.elements.file.addEventListener("change", (event) => {
    const file = event.target.files[0];
    const over = Boolean(file) && file.size > Number(upload.dataset.upload) * 2 ** 20;
    tooLarge.hidden = !over;
    button.disabled = over;
  });
  upload.addEventListener("submit", () => {
    button.textContent = button.dataset.sending;
  });
}

// The policy of the page forbids styles in the markup; what places a box on a page comes as data.
for (const box of document.querySelectorAll("[data-place]")) box.style.cssText = box.dataset.place;
const marked = document.querySelector("mark, .box");
if (marked) {
  marked.id = "marked";
  marked.scrollIntoView({ block: "center" });
}
