// Checks this very page, offline and by itself: written from docs/formats, sharing nothing with what made it.
"use strict";
(() => {
  const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (a, m = P) => ((a % m) + m) % m;
  const power = (base, exponent, m = P) => { let found = 1n, b = mod(base, m); for (let e = exponent; e > 0n; e >>= 1n) { if (e & 1n) found = mod(found * b, m); b = mod(b * b, m); } return found; };
  const inverse = (a) => power(a, P - 2n);
  const D = mod(-121665n * inverse(121666n)), ROOT = power(2n, (P - 1n) / 4n);
  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const unbase64 = (text) => { if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error("base64"); return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); };
  const utf8 = (text) => new TextEncoder().encode(text);
  const join = (...parts) => { const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0)); let at = 0; for (const p of parts) { all.set(p, at); at += p.length; } return all; };
  const number = (bytes) => { let found = 0n; for (let n = bytes.length - 1; n >= 0; n--) found = (found << 8n) | BigInt(bytes[n]); return found; };

  // SHA-2 (FIPS 180-4): constants are the fractions of roots of the first primes, computed here.
  const primes = []; for (let n = 2n; primes.length < 80; n++) if (primes.every((p) => n % p)) primes.push(n);
  const root = (value, degree) => { let low = 0n, high = 1n << 80n; while (low < high) { const middle = (low + high + 1n) >> 1n; if (middle ** degree <= value) low = middle; else high = middle - 1n; } return low; };
  const fraction = (prime, degree, bits) => root(prime << (degree * bits), degree) & ((1n << bits) - 1n);
  const sha2 = (bits, rounds, shifts) => {
    const mask = (1n << bits) - 1n, width = Number(bits / 8n);
    const K = primes.slice(0, rounds).map((p) => fraction(p, 3n, bits)), H = primes.slice(0, 8).map((p) => fraction(p, 2n, bits));
    const turn = (x, n) => ((x >> n) | (x << (bits - n))) & mask;
    const mix = (x, [a, b, c], last) => turn(x, a) ^ turn(x, b) ^ (last ? x >> c : turn(x, c));
    return (message) => {
      const block = width * 16, padded = new Uint8Array(Math.ceil((message.length + 1 + width * 2) / block) * block);
      padded.set(message); padded[message.length] = 0x80;
      for (let n = 0, length = BigInt(message.length) * 8n; length > 0n; n++, length >>= 8n) padded[padded.length - 1 - n] = Number(length & 255n);
      let state = H.slice();
      for (let start = 0; start < padded.length; start += block) {
        const w = [];
        for (let n = 0; n < 16; n++) { let word = 0n; for (let k = 0; k < width; k++) word = (word << 8n) | BigInt(padded[start + n * width + k]); w.push(word); }
        for (let n = 16; n < rounds; n++) w.push((mix(w[n - 2], shifts[3], true) + w[n - 7] + mix(w[n - 15], shifts[2], true) + w[n - 16]) & mask);
        let [a, b, c, d, e, f, g, h] = state;
        for (let n = 0; n < rounds; n++) {
          const one = (h + mix(e, shifts[1]) + ((e & f) ^ (~e & mask & g)) + K[n] + w[n]) & mask;
          const two = (mix(a, shifts[0]) + ((a & b) ^ (a & c) ^ (b & c))) & mask;
          [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & mask, c, b, a, (one + two) & mask];
        }
        state = [a, b, c, d, e, f, g, h].map((word, n) => (word + state[n]) & mask);
      }
      const out = new Uint8Array(width * 8);
      state.forEach((word, n) => { for (let k = width - 1; k >= 0; k--) { out[n * width + k] = Number(word & 255n); word >>= 8n; } });
      return out;
    };
  };
  const slow256 = sha2(32n, 64, [[2n, 13n, 22n], [6n, 11n, 25n], [7n, 18n, 3n], [17n, 19n, 10n]]);
  const sha512 = sha2(64n, 80, [[28n, 34n, 39n], [14n, 18n, 41n], [1n, 8n, 7n], [19n, 61n, 6n]]);
  // The browser's own SHA-256 where there is one: the same, and quicker for a long story.
  const sha256 = async (bytes) => (globalThis.crypto && crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : slow256(bytes));

  // Ed25519 (RFC 8032), in extended coordinates.
  const add = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
    const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
  };
  const times = (point, scalar) => { let found = [0n, 1n, 1n, 0n], p = point; for (let s = scalar; s > 0n; s >>= 1n) { if (s & 1n) found = add(found, p); p = add(p, p); } return found; };
  const same = ([x1, y1, z1], [x2, y2, z2]) => mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;
  const point = (bytes) => {
    const sign = bytes[31] >> 7, y = number(bytes) & ((1n << 255n) - 1n);
    if (y >= P) return null;
    const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
    let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
    if (mod(v * x * x - u) !== 0n) x = mod(x * ROOT);
    if (mod(v * x * x - u) !== 0n || (x === 0n && sign)) return null;
    if (Number(x & 1n) !== sign) x = P - x;
    return [x, y, 1n, mod(x * y)];
  };
  const BASE = point(unhex("58" + "66".repeat(31)));
  const signed = (key, message, signature) => {
    const a = point(key), r = point(signature.slice(0, 32)), s = number(signature.slice(32));
    if (!a || !r || s >= L || signature.length !== 64) return false;
    return same(times(BASE, s), add(r, times(a, mod(number(sha512(join(signature.slice(0, 32), key, message))), L))));
  };

  const fail = (zh, en) => { throw new Error(JSON.stringify([zh, en])); };
  const readKey = async (text) => {
    const [name, id, encoded] = [text.split("+")[0], text.split("+")[1], text.split("+").slice(2).join("+")], raw = unbase64(encoded);
    if (raw[0] !== 1 || raw.length !== 33 || hex((await sha256(join(utf8(name + "\n"), raw))).slice(0, 4)) !== id) fail("公钥有误", "the key is not sound");
    return { name, id: unhex(id), bytes: raw.slice(1) };
  };
  const openNote = (note, key) => {
    const at = note.lastIndexOf("\n\n"), text = note.slice(0, at) + "\n", lines = note.slice(0, at).split("\n");
    if (at < 0 || lines[0] !== key.name) fail("检查点属于另一账本", "the checkpoint is of another ledger");
    const good = note.slice(at + 2).split("\n").some((line) => {
      const found = /^— (\S+) (\S+)$/.exec(line);
      if (!found || found[1] !== key.name) return false;
      const raw = unbase64(found[2]);
      return hex(raw.slice(0, 4)) === hex(key.id) && signed(key.bytes, utf8(text), raw.slice(4));
    });
    if (!good) fail("检查点的签名不成立", "the checkpoint is not signed by this key");
    return { size: BigInt(lines[1]), root: hex(unbase64(lines[2])) };
  };
  const rootFrom = async (leaf, index, size, path) => {
    let first = BigInt(index), last = size - 1n, node = leaf;
    if (first > last) return "";
    for (const step of path) {
      if (first & 1n || first === last) {
        node = await sha256(join(Uint8Array.of(1), step, node));
        while (first && !(first & 1n)) { first >>= 1n; last >>= 1n; }
      } else node = await sha256(join(Uint8Array.of(1), node, step));
      first >>= 1n; last >>= 1n;
    }
    return last === 0n ? hex(node) : "";
  };
  const entryOf = (bytes) => JSON.parse(new TextDecoder().decode(bytes.slice(1)));

  const check = async () => {
    const raw = document.getElementById("body").textContent, body = JSON.parse(raw), key = await readKey(body.key), claim = openNote(body.note, key);
    // The entry that says which page was made: its digest holds every letter of it.
    const proof = document.getElementById("seal").textContent, cut = proof.indexOf("\n\n");
    const [kind, extra, place, ...path] = proof.slice(0, cut).split("\n"), over = openNote(proof.slice(cut + 2), key);
    if (kind !== "c2sp.org/tlog-proof@v1") fail("页尾的证明格式不符", "the proof of the page is malformed");
    const entry = unbase64(extra.slice(6)), leaf = await sha256(join(Uint8Array.of(0), entry));
    if (await rootFrom(leaf, place.slice(6), over.size, path.map(unbase64)) !== over.root) fail("页尾的证明不成立", "the proof of the page does not hold");
    const said = entryOf(entry);
    if (said.event !== "story.exported" || said.data.digest !== "sha256:" + hex(await sha256(utf8(raw)))) fail("页面内容被改动", "the page was altered");
    const rows = document.querySelectorAll("tbody tr");
    if (rows.length !== body.lines.length) fail("页面的行数被改动", "rows were taken away or added");
    for (let n = 0; n < body.lines.length; n++) {
      const line = body.lines[n], shown = Array.from(rows[n].cells, (cell) => cell.textContent);
      const wanted = [line.shown, line.zh, line.en, line.who_zh, line.who_en];
      if (wanted.some((text, k) => shown[k] !== text)) fail(`第 ${n + 1} 行被改动`, `row ${n + 1} was altered`);
      if (line.entry) {
        const bytes = unbase64(line.entry), told = entryOf(bytes);
        if (hex(await sha256(join(Uint8Array.of(0), bytes))) !== line.leaf || told.at !== line.at || told.event !== line.event) fail(`第 ${n + 1} 行与账本不符`, `row ${n + 1} is not what the ledger holds`);
      }
      if (await rootFrom(unhex(line.leaf), line.index, claim.size, line.path.map(unhex)) !== claim.root) fail(`第 ${n + 1} 行不在账本中`, `row ${n + 1} is not in the ledger`);
    }
    return [body.lines.length, claim.size, body.key];
  };
  const tell = (good, zh, en) => { const place = document.getElementById("verdict"); place.className = good ? "ok" : "bad"; place.textContent = `${zh} / ${en}`; };
  check().then(
    ([count, size, key]) => tell(true, `已验证：${count} 行都在账本中（共 ${size} 条），页面没有改动。公钥 ${key.slice(-44)}`, `verified: all ${count} rows are in the ledger of ${size} entries, and the page was not altered. Key ${key.slice(-44)}`),
    (error) => { let words = ["页面内容被改动", "the page was altered"]; try { words = JSON.parse(error.message); } catch { /* malformed altogether */ } tell(false, `被改动：${words[0]}`, `altered: ${words[1]}`); },
  );
})();
