// Re-computes the vectors of all pages beside it with nothing but Node's crypto module.
// Written from the format pages alone. Usage: node verify.mjs [FOLDER OF VECTORS]; exit 0 all agree, 1 something differs.
// Where this Node's OpenSSL has no sm4-gcm, GCM is composed here from its sm4-ecb (SP 800-38D section 7).

import { createCipheriv, createDecipheriv, createHash, createHmac, createPublicKey, getCiphers, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "..", "vectors");
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
const hex = (text) => Buffer.from(text, "hex");
const uuid = (text) => hex(text.replaceAll("-", ""));
const utf8 = (text) => Buffer.from(text, "utf8");
const be = (value, bytes) => hex(BigInt(value).toString(16).padStart(bytes * 2, "0"));

const CIPHER = { 1: "aes-256-gcm", 2: "sm4-gcm" };
const HASH = { 1: "sha256", 2: "sm3" };

function ghash(h, aad, data) {
  const R = 0xe1n << 120n;
  const H = BigInt("0x" + h.toString("hex"));
  const multiply = (x) => {
    let z = 0n, v = H;
    for (let bit = 127n; bit >= 0n; bit--) {
      if ((x >> bit) & 1n) z ^= v;
      v = v & 1n ? (v >> 1n) ^ R : v >> 1n;
    }
    return z;
  };
  const padded = (b) => Buffer.concat([b, Buffer.alloc((16 - (b.length % 16)) % 16)]);
  const all = Buffer.concat([padded(aad), padded(data), be(aad.length * 8, 8), be(data.length * 8, 8)]);
  let y = 0n;
  for (let at = 0; at < all.length; at += 16) y = multiply(y ^ BigInt("0x" + all.subarray(at, at + 16).toString("hex")));
  return be(y, 16);
}

function composedOpen(key, nonce, aad, body, tag) {
  const block = (b) => {
    const c = createCipheriv("sm4-ecb", key, null).setAutoPadding(false);
    return Buffer.concat([c.update(b), c.final()]);
  };
  const xor = (a, b) => Buffer.from(a.map((byte, i) => byte ^ b[i]));
  const counter = (n) => block(Buffer.concat([nonce, be(n, 4)]));
  const expected = xor(ghash(block(Buffer.alloc(16)), aad, body), counter(1));
  if (!expected.equals(tag)) throw new Error("tag");
  const plain = [];
  for (let at = 0, n = 2; at < body.length; at += 16, n++) plain.push(xor(body.subarray(at, at + 16), counter(n)));
  return Buffer.concat(plain);
}

function open(suite, key, nonce, aad, sealed) {
  const body = sealed.subarray(0, -16), tag = sealed.subarray(-16);
  if (!getCiphers().includes(CIPHER[suite])) return composedOpen(key, nonce, aad, body, tag);
  const d = createDecipheriv(CIPHER[suite], key, nonce, { authTagLength: 16 });
  d.setAAD(aad).setAuthTag(tag);
  return Buffer.concat([d.update(body), d.final()]);
}

const hmac = (suite, key, message) => createHmac(HASH[suite], key).update(message).digest();

let checked = 0, wrong = 0;
function same(what, found, expected) {
  checked++;
  const ok = Buffer.isBuffer(found) ? found.equals(hex(expected)) : found === expected;
  if (!ok) { wrong++; console.log(`differs: ${what}`); }
}
function refused(what, attempt) {
  checked++;
  try { attempt(); } catch { return; }
  wrong++;
  console.log(`opened although altered: ${what}`);
}

for (const v of read("sealed-blob").blobs) {
  const blob = hex(v.blob), header = Buffer.concat([Buffer.from([1, v.suite]), be(v.key_version, 4)]);
  same("header", blob.subarray(0, 6), header.toString("hex"));
  const aad = Buffer.concat([header, uuid(v.customer), uuid(v.record), be(v.revision, 8), utf8(v.group)]);
  same(`blob ${v.revision}`, open(v.suite, hex(v.data_key), blob.subarray(6, 18), aad, blob.subarray(18)), v.plaintext);
  const other = Buffer.concat([header, uuid(v.customer), uuid(v.record), be(v.revision + 1, 8), utf8(v.group)]);
  refused("another revision", () => open(v.suite, hex(v.data_key), blob.subarray(6, 18), other, blob.subarray(18)));
}

for (const v of read("sealed-blob").heads) {
  const head = hex(v.head);
  const records = v.records.map(([id, revision]) => Buffer.concat([uuid(id), be(revision, 8)])).sort(Buffer.compare);
  const aad = Buffer.concat([
    utf8("shouxin-head"), Buffer.from([1, v.suite]), be(v.key_version, 4), uuid(v.customer), be(v.changes, 8),
    be(utf8(v.group).length, 2), utf8(v.group), ...records,
  ]);
  same("head version", head[0], 1);
  same("head", open(v.suite, hex(v.data_key), head.subarray(1, 13), aad, head.subarray(13)), "");
}

for (const v of read("search-index").indexes) {
  const keyOf = (field, kind) =>
    hmac(v.suite, hex(v.index_key), Buffer.concat([utf8("shouxin-index"), be(v.version, 4), be(utf8(field).length, 2), utf8(field), utf8(kind)]));
  for (const t of v.tokens) {
    same(`code of ${t.field}`, createHash("sha256").update(utf8(t.field)).digest().readInt32BE(), t.field_code);
    const spread = Math.log2(t.partitions), partition = uuid(t.customer)[15] & (t.partitions - 1), bits = v.bits - spread;
    same(`parts of ${t.kind}`, t.parts.length, t.tokens.length);
    t.parts.forEach((part, n) => {
      const message = spread ? Buffer.concat([Buffer.from([partition]), utf8(part)]) : utf8(part);
      const first = hmac(v.suite, keyOf(t.field, t.kind), message).readBigUInt64BE();
      same(`token ${t.field} ${t.kind}`, partition * (spread ? 2 ** bits : 0) + Number(first >> BigInt(64 - bits)), t.tokens[n]);
    });
    if (t.kind === "window2" && !/[a-z]/.test(t.normalised)) {
      const characters = [...t.normalised.replaceAll("·", "")];
      same("windows", [...new Set(characters.slice(1).map((c, n) => characters[n] + c))].join(), t.parts.join());
    }
  }
  for (const u of v.unique) {
    const message = Buffer.concat([be(u.namespace.length / 2, 2), hex(u.namespace), utf8(u.normalised)]);
    same("unique", hmac(v.suite, keyOf(u.field, "unique"), message), u.token);
  }
}

const keys = read("keys");
for (const v of keys.wrapped) {
  const wrapped = hex(v.wrapped), header = Buffer.concat([Buffer.from([1, v.suite]), be(v.wrapping_key_id, 4)]);
  same("wrapped header", wrapped.subarray(0, 6), header.toString("hex"));
  const aad = Buffer.concat([header, hex(v.context)]);
  same(v.use, open(v.suite, hex(v.wrapping_key), wrapped.subarray(6, 18), aad, wrapped.subarray(18)), v.key);
}
for (const v of keys.digests) {
  const key = hmac(v.suite, hex(v.data_key), utf8("shouxin-digest"));
  const message = Buffer.concat([uuid(v.record), be(utf8(v.field).length, 2), utf8(v.field), utf8(v.value)]);
  same("digest", hmac(v.suite, key, message), v.digest);
}

for (const v of read("small-secret").secrets) {
  const sealed = hex(v.sealed), length = sealed.readUInt16BE(2);
  same("small secret header", sealed.subarray(0, 2), Buffer.from([1, v.suite]).toString("hex"));
  const wrapped = sealed.subarray(4, 4 + length), parcel = sealed.subarray(4 + length);
  same("root key named", wrapped.readUInt32BE(2), v.root_key_id);
  const context = Buffer.concat([utf8("PRCL"), Buffer.from([v.suite]), uuid(v.owner)]);
  const aad = Buffer.concat([wrapped.subarray(0, 6), context]);
  const key = open(v.suite, hex(v.root_key), wrapped.subarray(6, 18), aad, wrapped.subarray(18));
  const bound = Buffer.concat([Buffer.from([v.suite]), uuid(v.owner), utf8(v.use)]);
  same("small secret", open(v.suite, key, parcel.subarray(1, 13), bound, parcel.subarray(13)), v.secret);
  const other = Buffer.concat([Buffer.from([v.suite]), uuid(v.owner), utf8("another use")]);
  refused("another use", () => open(v.suite, key, parcel.subarray(1, 13), other, parcel.subarray(13)));
}

for (const v of read("sealed-upload").uploads) {
  const header = Buffer.concat([utf8("SXUP"), Buffer.from([1, v.suite])]), pattern = hex(v.pattern), chunks = [];
  const clear = Buffer.alloc(v.size, pattern);
  for (let at = 0; at < clear.length; at += 1 << 20) chunks.push(clear.subarray(at, at + (1 << 20)));
  same("number of chunks", chunks.length, v.nonces.length);
  if (getCiphers().includes(CIPHER[v.suite])) {
    const file = createHash("sha256").update(header);
    chunks.forEach((chunk, index) => {
      const c = createCipheriv(CIPHER[v.suite], hex(v.key), hex(v.nonces[index]), { authTagLength: 16 });
      c.setAAD(Buffer.concat([header, uuid(v.upload), be(index, 8), Buffer.from([index === chunks.length - 1 ? 1 : 0])]));
      file.update(hex(v.nonces[index])).update(c.update(chunk)).update(c.final()).update(c.getAuthTag());
    });
    same(`upload of ${v.size}`, file.digest(), v.file_sha256);
  }
  const mac = (message) => hmac(v.suite, hex(v.fingerprint_key), message);
  same("fingerprint", mac(Buffer.concat(chunks.map(mac))), v.fingerprint);
}

for (const v of read("sealed-file").files) {
  const kept = hex(v.kept_key), head = Buffer.concat([Buffer.from([1, v.suite]), be(v.key_version, 4)]);
  const bound = Buffer.concat([head, uuid(v.customer), uuid(v.file), be(0, 8), utf8(v.group)]);
  const plain = open(v.suite, hex(v.data_key), kept.subarray(6, 18), bound, kept.subarray(18));
  same("suite of a file key", plain[0], v.suite);
  same("file key", plain.subarray(1), v.key);
  const header = Buffer.concat([utf8("SXAT"), Buffer.from([1, v.suite])]), chunks = [];
  const clear = Buffer.alloc(v.size, hex(v.pattern));
  for (let at = 0; at < clear.length; at += 1 << 20) chunks.push(clear.subarray(at, at + (1 << 20)));
  same("number of chunks", chunks.length, v.nonces.length);
  if (getCiphers().includes(CIPHER[v.suite])) {
    const file = createHash("sha256").update(header);
    chunks.forEach((chunk, index) => {
      const c = createCipheriv(CIPHER[v.suite], hex(v.key), hex(v.nonces[index]), { authTagLength: 16 });
      c.setAAD(Buffer.concat([header, uuid(v.customer), uuid(v.file), be(v.size, 8), be(index, 8), be(chunks.length, 8)]));
      file.update(hex(v.nonces[index])).update(c.update(chunk)).update(c.final()).update(c.getAuthTag());
    });
    same(`file of ${v.size}`, file.digest(), v.file_sha256);
  }
  same("digest of a file", hmac(v.suite, hex(v.key), clear), v.digest);
}

const ledger = read("ledger");
const sha = (...parts) => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();
const node = (left, right) => sha(Buffer.from([1]), left, right);
const split = (n) => { let k = 1; while (k * 2 < n) k *= 2; return k; };
const root = (leaves) => {
  if (!leaves.length) return sha();
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
};
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
};

const entries = ledger.entries.map(hex), leaves = entries.map((entry) => sha(Buffer.from([0]), entry));
entries.forEach((entry, index) => {
  same("entry version", entry[0], 1);
  const parsed = JSON.parse(entry.subarray(1).toString("utf8"));
  same("keys of an entry", Object.keys(parsed).join(), "actor,at,customer,data,event,id,purpose");
  same("canonical entry", canonical(parsed), entry.subarray(1).toString("utf8"));
  same("leaf hash", leaves[index], ledger.leaves[index]);
});
same("bundle", Buffer.concat(entries.flatMap((entry) => [be(entry.length, 2), entry])), ledger.bundle);
ledger.roots.forEach((expected, size) => same(`root of ${size}`, root(leaves.slice(0, size)), expected));

// RFC 6962 section 2.1.1 and 2.1.2, as they are defined there: recursively over the leaves.
const path = (m, part) => {
  if (part.length === 1) return [];
  const k = split(part.length);
  return m < k ? [...path(m, part.slice(0, k)), root(part.slice(k))] : [...path(m - k, part.slice(k)), root(part.slice(0, k))];
};
const subproof = (m, part, whole) => {
  if (m === part.length) return whole ? [] : [root(part)];
  const k = split(part.length);
  return m <= k
    ? [...subproof(m, part.slice(0, k), whole), root(part.slice(k))]
    : [...subproof(m - k, part.slice(k), false), root(part.slice(0, k))];
};
const joined = (hashes) => Buffer.concat(hashes);
for (const v of ledger.inclusion) same(`inclusion ${v.index}/${v.size}`, joined(path(v.index, leaves.slice(0, v.size))), v.path.join(""));
for (const v of ledger.consistency) same(`consistency ${v.old}/${v.new}`, joined(subproof(v.old, leaves.slice(0, v.new), true)), v.path.join(""));

const [, origin, keyId, encoded] = ledger.public_key.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
const raw = Buffer.from(encoded, "base64"), SPKI = hex("302a300506032b6570032100");
same("kind of key", raw[0], 1);
same("key id", sha(utf8(`${origin}\n`), raw).subarray(0, 4), keyId);
const key = createPublicKey({ key: Buffer.concat([SPKI, raw.subarray(1)]), format: "der", type: "spki" });
for (const note of ledger.checkpoints) {
  const [text, below] = [note.slice(0, note.indexOf("\n\n") + 1), note.slice(note.indexOf("\n\n") + 2)];
  const [name, size, top] = text.split("\n");
  same("origin", name, origin);
  same("root in checkpoint", Buffer.from(top, "base64"), ledger.roots[Number(size)]);
  const [, signer, signature] = below.match(/^— (\S+) (\S+)\n$/), bytes = Buffer.from(signature, "base64");
  same("signer", signer, origin);
  same("key id of signature", bytes.subarray(0, 4), keyId);
  same("signature", verify(null, utf8(text), key, bytes.subarray(4)), true);
  same("signature of another text", verify(null, utf8(text.replace(origin, "x")), key, bytes.subarray(4)), false);
}
for (const v of ledger.tiles) {
  const groups = [];
  for (let n = v.index; groups.length === 0 || n > 0; n = Math.floor(n / 1000)) groups.unshift(String(n % 1000).padStart(3, "0"));
  const name = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  same("name of a tile", `tile/${v.level}/${name}${v.width === ledger.tile_width ? "" : `.p/${v.width}`}`, v.path);
}

console.log(`${checked} checks, ${wrong} wrong`);
process.exit(wrong || !checked ? 1 : 0);
