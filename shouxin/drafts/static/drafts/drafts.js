// Keeps a form while it is filled: a few seconds after a change, and when the page is left. The button works without it.
(() => {
  "use strict";
  const button = document.querySelector("[data-keep]");
  const form = button && button.form;
  if (!form) return;
  const told = form.querySelector("[data-keep-told]");
  const fresh = form.querySelector("[data-keep-fresh]");
  const field = (name) => form.elements.namedItem(name);
  let changed = false;
  let keeping = false;
  let stopped = false;

  const say = (words) => { if (told) told.textContent = words; };
  const typed = () => {
    const body = new FormData(form);
    for (const [name, value] of [...body.entries()]) if (value instanceof File) body.delete(name);
    return body;
  };
  const keep = async () => {
    if (!changed || keeping || stopped || form.dataset.sent) return;
    keeping = true;
    changed = false;
    try {
      const answer = await fetch(button.dataset.keep, {
        method: "POST", body: typed(), headers: { Accept: "application/json" }, redirect: "manual", keepalive: true,
      });
      if (answer.ok) {
        const kept = await answer.json();
        field("draft_revision").value = kept.revision;
        say(kept.words);
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        changed = true;
        say(button.dataset.signedOut);
      } else {
        const refused = await answer.json();
        say(refused.words);
        if (answer.status === 409) { stopped = true; fresh.hidden = false; } else changed = answer.status === 503;
      }
    } catch {
      changed = true;
      say(button.dataset.offline);
    } finally {
      keeping = false;
    }
  };

  fresh.addEventListener("click", () => {
    field("draft").value = crypto.randomUUID();
    field("draft_revision").value = "0";
    stopped = false;
    changed = true;
    fresh.hidden = true;
    button.focus();
    keep();
  });
  const touched = (event) => { if (!event.target.closest("[data-keep-fresh]")) changed = true; };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  window.setInterval(keep, 3000);
  window.addEventListener("pagehide", keep);
})();
