/* Whether the explanation of a page is folded holds for every page in this browser. The server reads it, so nothing jumps. */
(() => {
  "use strict";
  for (const about of document.querySelectorAll("details[data-about]")) {
    about.addEventListener("toggle", () => {
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `sx-about=${about.open ? "open" : "folded"}; path=/; max-age=31536000; samesite=lax${secure}`;
    });
  }
})();
