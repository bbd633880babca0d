// Helps of the import wizard: drag a file, see it travel, keep columns as they are chosen, mend a row in place, watch
// progress. Every page works without them; all words come from the page.
(() => {
  "use strict";
  const json = { Accept: "application/json" };
  const answered = () => document.dispatchEvent(new Event("sx-answered")); // nothing is on its way any more

  const upload = document.querySelector("form[data-upload]");
  if (upload) {
    const input = upload.querySelector("input[type=file]");
    const zone = upload.querySelector(".sx-upload");
    const problem = upload.querySelector("[data-problem]");
    const bar = upload.querySelector("[data-progress]");
    const say = (text) => { problem.textContent = text; problem.hidden = !text; };
    const show = () => {
      const file = input.files[0];
      upload.querySelector("[data-chosen]").textContent =
        file ? `${file.name} · ${(file.size / 1048576).toFixed(1)} MB` : "";
      say(file && file.size > Number(upload.dataset.limit) ? upload.dataset.tooLarge : "");
    };
    input.classList.add("sx-sr"); // the zone says what was chosen, and takes the focus ring
    input.addEventListener("change", show);
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("sx-upload-over");
    }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.remove("sx-upload-over");
    }));
    zone.addEventListener("drop", (event) => {
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
    });
    upload.addEventListener("submit", (event) => {
      event.preventDefault();
      const file = input.files[0];
      if (!file || file.size > Number(upload.dataset.limit)) { answered(); show(); return; }
      const button = upload.querySelector("button[type=submit]");
      const request = new XMLHttpRequest();
      const stopped = (text) => {
        say(text);
        bar.hidden = true;
        button.disabled = false;
        answered();
      };
      say("");
      button.disabled = true;
      bar.hidden = false;
      request.upload.addEventListener("progress", (sent) => {
        const share = sent.total ? Math.floor((sent.loaded * 100) / sent.total) : 0;
        bar.querySelector("progress").value = share;
        bar.querySelector("span").textContent = share < 100 ? `${share}%` : upload.dataset.reading;
      });
      request.addEventListener("load", () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* another page answered */ }
        if (answer.next) window.location.assign(answer.next);
        else stopped(answer.problem || upload.dataset.failed);
      });
      request.addEventListener("error", () => stopped(upload.dataset.failed));
      request.open("POST", upload.action || window.location.href);
      request.setRequestHeader("Accept", json.Accept);
      request.send(new FormData(upload));
    });
  }

  // <form data-autosave>: keeps every choice a moment after it was made; one request at a time.
  const saving = document.querySelector("form[data-autosave]");
  if (saving) {
    const note = saving.querySelector("[data-saved-note]");
    let waiting = 0;
    let last = Promise.resolve();
    const save = async () => {
      const answer = await fetch(window.location.href, { method: "POST", headers: json, body: new FormData(saving) });
      const kept = await answer.json();
      if (kept.revision) saving.elements.revision.value = kept.revision;
      note.textContent = kept.problem || saving.dataset.saved;
      note.classList.toggle("sx-danger-text", Boolean(kept.problem));
    };
    saving.addEventListener("change", (event) => {
      const row = event.target.closest("tr");
      if (row) {
        row.classList.toggle("sx-row-open", !event.target.value);
        row.classList.toggle("sx-row-muted", event.target.value === "-");
      }
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => { last = last.then(save).catch(() => {}); }, 400);
    });
    saving.addEventListener("submit", (event) => {
      window.clearTimeout(waiting);
      if (saving.dataset.settled) return;
      event.preventDefault();
      const go = () => { saving.dataset.settled = "1"; delete saving.dataset.sent; saving.requestSubmit(); };
      last.then(() => window.setTimeout(go)); // not before this event has ended
    });
  }

  // <form data-mend> in a grid: the row is sent, checked and put back in its place.
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-mend]");
    if (!form) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const row = document.getElementById(`r-${form.elements.line.value}`);
    try {
      const answer = await fetch(form.action, { method: "POST", headers: json, body });
      const kept = await answer.json();
      if (!kept.html) { window.location.reload(); return; }
      row.outerHTML = kept.html;
      document.querySelectorAll("[name=revision]").forEach((each) => { each.value = kept.revision; });
      document.querySelectorAll("[data-stale]").forEach((each) => { each.hidden = false; });
      answered();
      const again = document.getElementById(row.id);
      const next = again.querySelector("[aria-invalid]") || again.querySelector("button");
      if (next) next.focus();
    } catch {
      window.location.reload();
    }
  });

  // <div data-poll data-going>: asks how far the work has come; a new state is a new page.
  const watched = document.querySelector("[data-poll][data-going]");
  if (watched) {
    const ask = async () => {
      try {
        const answer = await fetch(watched.dataset.poll, { headers: json });
        const now = await answer.json();
        if (now.state !== watched.dataset.state) { window.location.reload(); return; }
        const bar = watched.querySelector("progress");
        bar.max = now.total || 1;
        bar.value = now.done;
        watched.querySelector("span").textContent = now.text;
      } catch { /* asked again in a moment */ }
      window.setTimeout(ask, 1500);
    };
    window.setTimeout(ask, 1000);
  }

  // <div data-when="source" data-is="external">: shown only for that choice.
  document.querySelectorAll("[data-when]").forEach((part) => {
    const shown = () => {
      const chosen = document.querySelector(`[name="${part.dataset.when}"]:checked`);
      part.hidden = !chosen || chosen.value !== part.dataset.is;
    };
    document.addEventListener("change", shown);
    shown();
  });
})();
