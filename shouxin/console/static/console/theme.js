// Sets light or dark before the first paint. The choice is kept in this browser only.
(() => {
  "use strict";
  const KEY = "sx-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const choice = () => {
    try { return localStorage.getItem(KEY) || "auto"; } catch { return "auto"; }
  };
  const apply = () => {
    const on = choice() === "dark" || (choice() === "auto" && dark.matches);
    document.documentElement.classList.toggle("dark", on);
    const colour = document.querySelector('meta[name="theme-color"]');
    if (colour) colour.content = on ? colour.dataset.dark : colour.dataset.light;
    document.querySelectorAll("[data-theme-set]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice())));
  };
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    try { localStorage.setItem(KEY, button.dataset.themeSet); } catch { /* the choice lasts for this page only */ }
    apply();
  });
})();
