// How many rows of a page are ticked, and Escape closes what folds out. Lists work without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-selection]");
  const told = form && form.querySelector("[data-selected]");
  const before = told && told.textContent;
  if (form && told) {
    form.addEventListener("change", () => {
      const ticked = form.querySelectorAll('input[name="one"]:checked').length;
      told.textContent = `${before} · ${told.dataset.selected} ${ticked}`;
    });
  }
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.sx-drop[open]").forEach((box) => {
      if (!box.contains(event.target)) box.removeAttribute("open");
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.sx-drop[open]").forEach((box) => {
      box.removeAttribute("open");
      box.querySelector("summary").focus();
    });
  });
})();
