// Small helps on the pages of collection: keeping what is typed as a sealed draft. All works without them.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const told = document.querySelector("[data-autosave-told]");
  let waiting = null;
  const keep = async () => {
    waiting = null;
    if (form.dataset.sent) return;
    const body = new FormData(form);
    body.set("verb", "keep");
    body.delete("scan"); // a file goes when the form is sent
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { Accept: "application/json" } });
      if (told) told.textContent = answer.ok ? form.dataset.kept : form.dataset.notKept;
    } catch {
      if (told) told.textContent = form.dataset.notKept;
    }
  };
  form.addEventListener("input", () => {
    if (waiting) clearTimeout(waiting);
    waiting = setTimeout(keep, 1500);
  });
  form.addEventListener("submit", () => { if (waiting) clearTimeout(waiting); });
})();
