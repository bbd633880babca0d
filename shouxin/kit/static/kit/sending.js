// Sending a form: asks first where the form wants it, never sends twice, and loses nothing that was typed when the log-in
// has ended or the network is away. What was typed stays in the page; no storage of the browser ever holds it.
// The console and the customers' portal each say it in a frame of their own (`#sx-sending`).
//   <form data-confirm="sentence">   asks before sending      <form data-may-repeat>   may be sent again (downloads)
// A script that sends a form by itself and stays on the page tells so with the event "sx-answered".
(() => {
  "use strict";
  const frame = document.getElementById("sx-sending");
  const SLOW = 700;
  const VERY_SLOW = 5000;
  const PATIENCE = 15000;
  const RETRY = 3000;
  const FRESH = 2 * 60 * 1000;
  const MUCH = 300;
  const PING = 5 * 60 * 1000;
  const passed = new WeakSet();
  let held = null;
  let askedAt = Date.now(); // when the server last answered this page
  let pingedAt = askedAt;
  let timers = [];

  const sentence = (name) => (frame ? frame.dataset[name] : "");
  const bar = frame && frame.querySelector("[data-bar]");
  const dialog = frame && frame.querySelector("dialog");

  const say = (text, waiting) => {
    if (!bar) return;
    bar.hidden = !text;
    bar.querySelector("[data-said]").textContent = text || "";
    bar.querySelector("[data-drop]").hidden = !(waiting && held);
  };

  // Forms that hold something a person wrote or chose by hand; others lose nothing when they have to be sent again.
  const BY_HAND = 'textarea, select, input:not([type="hidden"], [type="submit"], [type="button"])';
  const typed = (form) => [...form.elements].filter((field) => field.matches(BY_HAND) && !field.disabled && field.value);
  // A page just answered by the server needs no second answer, unless there is much to lose.
  const doubtful = (form) => {
    const fields = typed(form);
    const length = fields.reduce((sum, field) => sum + field.value.length, 0);
    return fields.length > 0 && (!navigator.onLine || Date.now() - askedAt > FRESH || length > MUCH);
  };

  // Whether the log-in of this page still stands: "here", "ended", "other" (somebody else signed in), "away" (no answer).
  const ask = async () => {
    pingedAt = Date.now();
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    try {
      const answer = await fetch(frame.dataset.session, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", signal: giveUp.signal,
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return { state: "ended" };
      if (!answer.ok) return { state: "away" };
      const found = await answer.json();
      if (found.who !== frame.dataset.who) return { state: "other" };
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = found.csrf; });
      askedAt = Date.now();
      return { state: "here", ...found };
    } catch {
      return { state: "away" };
    } finally {
      clearTimeout(timer);
    }
  };

  const send = () => {
    const { form, submitter } = held;
    held = null;
    passed.add(form);
    if (dialog.open) dialog.close();
    form.requestSubmit(submitter && submitter.form === form ? submitter : null);
  };

  // After signing in again the session has forgotten the purpose this page was made for.
  const restore = async (found) => {
    if (!frame.dataset.purpose || found.purpose === frame.dataset.purpose) return;
    const body = new URLSearchParams({ csrfmiddlewaretoken: found.csrf, purpose: frame.dataset.purpose, next: "/" });
    await fetch(frame.dataset.choose, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
  };

  const wait = () => {
    held.waiting = true;
    say(sentence("away"), true);
    setTimeout(() => { if (held && held.waiting) attempt(); }, RETRY);
  };

  const attempt = async () => {
    const found = await ask();
    if (!held) return;
    if (found.state === "here") {
      try {
        if (held.again) await restore(found);
      } catch {
        wait();
        return;
      }
      say("");
      send();
    } else if (found.state === "away") {
      wait();
    } else {
      held.waiting = false;
      held.again = true;
      say("");
      dialog.querySelector("[data-ended]").hidden = found.state !== "ended";
      dialog.querySelector("[data-other]").hidden = found.state !== "other";
      if (!dialog.open) dialog.showModal();
    }
  };

  const drop = () => {
    held = null;
    say("");
    if (dialog.open) dialog.close();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const stop = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (passed.has(form)) { passed.delete(form); return; }
    if (form.dataset.sent || (held && held.form === form)) { stop(); return; }
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { stop(); return; }
    if (form.method !== "post" || !frame || !frame.dataset.who || !doubtful(form)) return;
    stop();
    held = { form, submitter: event.submitter, waiting: false, again: false };
    attempt();
  }, true);

  const busy = (form, submitter) => {
    if (submitter) submitter.setAttribute("aria-busy", "true");
    timers.push(setTimeout(() => {
      document.documentElement.classList.add("sx-busy");
      const main = document.getElementById("content");
      if (main) main.setAttribute("aria-busy", "true");
    }, SLOW));
    timers.push(setTimeout(() => say(sentence("slow")), VERY_SLOW));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-may-repeat")) return;
    form.dataset.sent = "1";
    busy(form, event.submitter);
  });
  const settled = () => {
    timers.forEach(clearTimeout);
    timers = [];
    document.documentElement.classList.remove("sx-busy");
    document.querySelectorAll("[aria-busy]").forEach((each) => each.removeAttribute("aria-busy"));
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    if (!held) say("");
  };
  window.addEventListener("pageshow", settled);
  document.addEventListener("sx-answered", settled);

  if (!frame || !frame.dataset.who) return;
  frame.querySelectorAll("[data-drop]").forEach((button) => button.addEventListener("click", drop));
  dialog.querySelector("[data-again]").addEventListener("click", () => { if (held) attempt(); });
  dialog.addEventListener("cancel", () => { held = null; });
  window.addEventListener("offline", () => say(sentence("away"), true));
  window.addEventListener("online", () => { if (held && held.waiting) attempt(); else say(""); });
  // Whoever is typing is here: the log-in is told so now and then, and does not end under their hands.
  document.addEventListener("input", (event) => {
    if (!event.target.closest || !event.target.closest("form")) return;
    if (Date.now() - pingedAt > PING && !held) ask();
  });
})();
