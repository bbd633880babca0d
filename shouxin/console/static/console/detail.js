// Helps of detail pages. Every page works without them.
(() => {
  "use strict";

  // <… data-ends="moment" data-left="… {n} …" data-over="…">: the minutes of a contact count down in sight.
  const clocks = [...document.querySelectorAll("[data-ends]")];
  const tick = () => {
    clocks.forEach((clock) => {
      const left = Math.ceil((new Date(clock.dataset.ends) - Date.now()) / 60000);
      const words = left > 0 ? clock.dataset.left.replace("{n}", left) : clock.dataset.over;
      if (clock.textContent !== words) clock.textContent = words;
    });
  };
  if (clocks.length) window.setInterval(tick, 5000);

  // The row of sections says which one is in sight.
  const tabs = [...document.querySelectorAll(".sx-anchors a")];
  const parts = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  const strip = document.querySelector(".sx-strip");
  const follow = () => {
    const edge = strip.getBoundingClientRect().bottom + 24;
    let here = 0;
    let nearest = -Infinity;
    parts.forEach((part, n) => {
      const top = part ? part.getBoundingClientRect().top : Infinity;
      if (top <= edge && top > nearest) { here = n; nearest = top; }
    });
    tabs.forEach((tab, n) => (n === here ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current")));
  };
  let waiting = false;
  if (tabs.length && strip) {
    follow();
    document.addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      window.requestAnimationFrame(() => { waiting = false; follow(); });
    }, { passive: true });
  }

  // Escape closes what tells of a value's source, and goes back to where it was opened.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest && event.target.closest("details.sx-source[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
})();
