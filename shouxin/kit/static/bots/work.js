// Does the work a public form asks for, so that nobody has to answer its question: the smallest number whose SHA-256
// together with the form's challenge begins with enough zero bits. Nothing is stored, nothing else is sent.
"use strict";
(() => {
  const K = new Uint32Array(64);
  const FIRST = new Uint32Array(8);
  // The constants of FIPS 180-4: fractional parts of the cube and square roots of the first primes.
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 4294967296);
  for (let number = 2, found = 0; found < 64; number++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) { prime = false; break; }
    if (!prime) continue;
    if (found < 8) FIRST[found] = fraction(Math.sqrt(number));
    K[found++] = fraction(Math.cbrt(number));
  }
  const words = new Uint32Array(64);
  const turn = (value, by) => (value >>> by) | (value << (32 - by));

  // The first word of the digest of one block (up to 55 bytes of ASCII): no more is looked at.
  const digest = (text) => {
    words.fill(0, 0, 16);
    for (let at = 0; at < text.length; at++) words[at >> 2] |= text.charCodeAt(at) << (24 - (at % 4) * 8);
    words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
    words[15] = text.length * 8;
    for (let at = 16; at < 64; at++) {
      const early = words[at - 15], late = words[at - 2];
      const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[at] = (words[at - 16] + s0 + words[at - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = FIRST;
    for (let at = 0; at < 64; at++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const one = (h + s1 + ((e & f) ^ (~e & g)) + K[at] + words[at]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    return (FIRST[0] + a) >>> 0;
  };

  const start = (guard) => {
    const form = guard.closest("form");
    const part = (name) => guard.querySelector(`[data-bots="${name}"]`);
    const shift = 32 - Number(guard.dataset.bits);
    const begun = Date.now();
    let tried = 0, done = false, waiting = null, going = false;
    part("question").hidden = true;

    const send = () => {
      const left = Number(guard.dataset.wait) * 1000 + 200 - (Date.now() - begun);
      if (left > 0) return void setTimeout(send, left);
      going = true;
      if (waiting && form.requestSubmit) form.requestSubmit(waiting); else form.submit();
    };
    const go = () => {
      for (const until = tried + 4000; tried < until; tried++) {
        if (digest(`${guard.dataset.challenge}:${tried}`) >>> shift === 0) {
          part("solution").value = String(tried);
          done = true;
          if (waiting) send();
          return;
        }
      }
      setTimeout(go, 0);
    };
    form.addEventListener("submit", (event) => {
      if (going || event.defaultPrevented) return;
      if (done && Date.now() - begun > Number(guard.dataset.wait) * 1000) return;
      event.preventDefault();
      if (waiting) return;
      waiting = event.submitter || form.querySelector('[type="submit"]');
      part("status").textContent = guard.dataset.busy;
      if (done) send();
    });
    setTimeout(go, 0);
  };
  document.querySelectorAll(".bots-guard").forEach(start);
})();
