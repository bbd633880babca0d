// Helps of detail pages. Every page works without them.
(() => {
  "use strict";

  // <button data-print hidden>: prints this page.
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false; // browsers print without it, too
    button.addEventListener("click", () => window.print());
  });

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
    const column = parts[0] ? parts[0].getBoundingClientRect().left : 0;
    parts.forEach((part, n) => {
      if (!part) return;
      const place = part.getBoundingClientRect();
      if (place.left - column > 60) return; // beside the column that is read
      if (place.top <= edge && place.top > nearest) { here = n; nearest = place.top; }
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

  // A form that came back with errors begins at the first of them.
  const wrong = document.querySelector("main form [aria-invalid='true'], main form .sx-row-bad :is(input, select, textarea)");
  if (wrong && !document.querySelector("main [autofocus]")) wrong.focus();

  // Escape closes what tells of a value's source, and goes back to where it was opened.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest && event.target.closest("details.sx-source[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
})();
