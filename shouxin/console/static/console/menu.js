// The side menu: which groups stand open is kept in this browser. Runs before the menu is painted, so that nothing jumps.
(() => {
  "use strict";
  const KEY = "sx-groups";
  const side = document.getElementById("sx-side");
  if (!side) return;
  const groups = [...side.querySelectorAll("details.sx-menu-fold")];
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  };
  const before = kept();
  groups.forEach((group) => {
    if (!group.hasAttribute("data-here") && group.dataset.group in before) group.open = before[group.dataset.group];
  });
  side.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    if (!summary) return;
    const group = summary.parentElement;
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...kept(), [group.dataset.group]: !group.open }));
    } catch { /* the choice lasts for this page only */ }
  });
})();
