// The quick jump: Ctrl+K, ⌘K or / opens it; typing narrows it; arrows and Enter go. Without it there is the page of the menu.
(() => {
  "use strict";
  const dialog = document.getElementById("sx-jump");
  if (!dialog || !dialog.showModal) return;
  const term = dialog.querySelector(".sx-jump-term");
  const list = dialog.querySelector(".sx-jump-list");
  const none = dialog.querySelector(".sx-jump-none");
  let entries = null;
  let chosen = 0;

  const load = async () => {
    if (entries) return true;
    try {
      const answer = await fetch(dialog.dataset.entries, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = [...page.querySelectorAll("#sx-menu-entries a[data-words]")];
      if (!found.length) return false;
      entries = found.map((link) => ({
        address: link.getAttribute("href"),
        words: link.dataset.words,
        icon: link.querySelector(".material-symbols-outlined").textContent,
        title: link.querySelector("b").textContent,
        text: link.querySelector("b + span").textContent,
        group: link.closest("section").querySelector("h2").textContent,
      }));
      return true;
    } catch {
      return false;
    }
  };

  const make = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.textContent = text;
    return made;
  };
  // Every word typed must begin somewhere in the entry's words; what begins a word comes first.
  const rank = (entry, words) => {
    let points = 0;
    for (const word of words) {
      const at = entry.words.indexOf(word);
      if (at < 0) return -1;
      points += at === 0 || entry.words[at - 1] === " " ? 0 : 1;
    }
    return points;
  };
  const choose = (next) => {
    const lines = [...list.children];
    if (!lines.length) { term.removeAttribute("aria-activedescendant"); return; }
    chosen = (next + lines.length) % lines.length;
    lines.forEach((line, n) => line.setAttribute("aria-selected", String(n === chosen)));
    term.setAttribute("aria-activedescendant", lines[chosen].id);
    lines[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const words = term.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = entries.map((entry) => [rank(entry, words), entry]).filter(([points]) => points >= 0);
    found.sort((one, other) => one[0] - other[0]);
    list.replaceChildren(...found.map(([, entry], n) => {
      const line = make("li", "sx-jump-line", "");
      line.id = `sx-jump-${n}`;
      line.setAttribute("role", "option");
      line.dataset.address = entry.address;
      const icon = make("span", "material-symbols-outlined", entry.icon);
      icon.setAttribute("aria-hidden", "true");
      line.append(icon, make("b", "", entry.title), make("span", "sx-muted", entry.group), make("small", "sx-muted", entry.text));
      return line;
    }));
    none.hidden = found.length > 0;
    choose(0);
  };
  const open = async () => {
    if (dialog.open) return;
    if (!(await load())) { window.location.assign(dialog.dataset.entries); return; }
    term.value = "";
    dialog.showModal();
    show();
    term.focus();
  };
  const go = (line) => { if (line) window.location.assign(line.dataset.address); };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing;
    if ((asked || slash) && !document.querySelector("dialog[open]:not(#sx-jump)")) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-jump-open]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    } else if (event.target === dialog) dialog.close();
  });
  term.addEventListener("input", show);
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); choose(chosen + step); }
    else if (event.key === "Escape") { event.preventDefault(); dialog.close(); } else if (event.key === "Enter") { event.preventDefault(); go(list.children[chosen]); }
  });
  list.addEventListener("click", (event) => go(event.target.closest("li")));
})();
