// A page that shows progress asks for itself again while something is under way and nobody is typing in it.
(() => {
  "use strict";
  const followed = document.querySelector("[data-follow]");
  const seconds = followed ? Number(followed.dataset.follow) : 0;
  if (!seconds) return;
  setInterval(() => { if (!document.hidden) window.location.reload(); }, seconds * 1000);
})();
