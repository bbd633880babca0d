/* Whether the explanation of a page is folded holds for every page in this browser. The server reads it, so nothing jumps. */
(() => {
  "use strict";
  const chosen = document.cookie.split("; ").some((one) => one.startsWith("sx-about="));
  const phone = window.matchMedia("(max-width: 720px)").matches; // there the explanation would push the page down
  for (const about of document.querySelectorAll("details[data-about]")) {
    if (phone && !chosen) about.open = false;
    // By a person alone: a page that opens unfolded "toggles" too, and nobody chose that.
    about.querySelector("summary").addEventListener("click", () => {
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `sx-about=${about.open ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax${secure}`;
    });
  }
})();
