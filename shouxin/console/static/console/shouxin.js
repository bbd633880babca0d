// Small helps of the shell. Every page works without them.
(() => {
  "use strict";
  const side = () => document.getElementById("sx-side");

  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-menu-toggle]");
    const menu = side();
    if (toggle && menu) {
      const open = menu.classList.toggle("sx-side-open");
      toggle.setAttribute("aria-expanded", String(open));
      return;
    }
    if (menu && menu.classList.contains("sx-side-open") && !event.target.closest("#sx-side")) {
      menu.classList.remove("sx-side-open");
      document.querySelector("[data-menu-toggle]").setAttribute("aria-expanded", "false");
    }
    document.querySelectorAll("details.sx-user[open]").forEach((box) => {
      if (!box.contains(event.target)) box.removeAttribute("open");
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.sx-user[open]").forEach((box) => {
      box.removeAttribute("open");
      box.querySelector("summary").focus();
    });
    const menu = side();
    if (menu && menu.classList.contains("sx-side-open")) {
      menu.classList.remove("sx-side-open");
      const toggle = document.querySelector("[data-menu-toggle]");
      toggle.setAttribute("aria-expanded", "false");
      toggle.focus();
    }
  });

  // <form data-submit-on-change>: the purpose switcher and small filters. Arrow keys pass over choices on their way to
  // one; what they touch counts when Enter is pressed or the field is left, not before.
  let passing = null;
  const switcher = (event) => event.target.closest && event.target.closest("form[data-submit-on-change]");
  document.addEventListener("keydown", (event) => {
    const form = switcher(event);
    if (!form || event.target.tagName !== "SELECT") return;
    if (event.key === "Enter" && passing && passing.changed) {
      event.preventDefault();
      passing = null;
      form.requestSubmit();
    } else {
      const opens = event.altKey || event.key === " ";
      passing = opens ? null : passing || { field: event.target, changed: false };
    }
  });
  document.addEventListener("pointerdown", () => { if (passing && !passing.changed) passing = null; });
  document.addEventListener("focusout", (event) => {
    const form = switcher(event);
    if (form && passing && passing.changed) form.requestSubmit();
    passing = null;
  });

  document.addEventListener("change", (event) => {
    const form = switcher(event);
    if (form && passing && passing.field === event.target) passing.changed = true;
    else if (form) form.requestSubmit();
    // <input type=checkbox data-check-all="name"> ticks every box of that name in its form or table.
    const name = event.target.dataset.checkAll;
    if (name) {
      const scope = event.target.closest("form, table") || document;
      scope.querySelectorAll('input[type="checkbox"]').forEach((box) => {
        if (box.name === name) box.checked = event.target.checked;
      });
    }
  });
})();
