"""`shouxin-verify DIR|FILE --key FILE`: proves an exported ledger, or one entry by its proof, without database, web, or
any code that wrote it.

Written from docs/formats alone (RFC 6962, C2SP tlog-tiles, -checkpoint, -proof and signed-note), with the standard
library and one signature check. Exit 0: as it was signed. 1: something is wrong. 2: wrong usage.
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FULL = 256
HASH = 32

SENTENCES = {
    "altered": ("序号 {index} 的条目被改动", "the entry at index {index} was altered"),
    "removed": ("序号 {index} 的条目被删除", "the entry at index {index} was removed"),
    "added": ("序号 {index} 处多出一条未曾封存的条目", "an entry never sealed stands at index {index}"),
    "reordered": ("自序号 {index} 起条目的次序被调换", "entries were reordered from index {index} on"),
    "truncated": ("自序号 {index} 起的条目被截去", "entries from index {index} on were cut off"),
    "rewritten": (
        "序号 {index} 至 {last} 的条目中有被改写的",
        "history was rewritten somewhere in entries {index} to {last}",
    ),
    "tile": ("哈希块 {source} 被改动或缺失", "the tile {source} was altered or is missing"),
    "checkpoint": ("检查点 {source} 无效: {detail}", "checkpoint {source} is not valid: {detail}"),
}


class Invalid(Exception):
    """Something read is not what it should be; the message says how."""


class Usage(Exception):
    """The command was called with something that cannot be used."""


@dataclass(frozen=True)
class Key:
    name: str
    id: bytes
    public: bytes


@dataclass(frozen=True)
class Claim:
    source: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Finding:
    """`index` is the first entry concerned, `entry` its id, `after` the id of the sound entry before it."""

    what: str
    index: int | None = None
    last: int | None = None
    entry: str | None = None
    after: str | None = None
    source: str = ""
    detail: str = ""

    def sentences(self) -> tuple[str, str]:
        known = asdict(self)
        named = self.entry or self.after
        zh, en = (text.format(**known) for text in SENTENCES[self.what])
        if named and self.entry:
            return f"{zh} (编号 {named})", f"{en} (id {named})"
        return (f"{zh} (在 {named} 之后)", f"{en} (after {named})") if named else (zh, en)


class Tree:
    """The Merkle tree hash of RFC 6962 over leaf hashes that come one by one, and the tiles it should be cut into."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[tuple[int, bytes]] = []

    def copy(self) -> "Tree":
        twin = Tree()
        twin.size, twin.peaks = self.size, list(self.peaks)
        return twin

    def add(self, node: bytes) -> list[tuple[int, bytes]]:
        """Gives the nodes this leaf completes whose height is a multiple of 8, above the leaf: (level, hash)."""
        height, done = 0, []
        while self.peaks and self.peaks[-1][0] == height:
            node = hashlib.sha256(b"\x01" + self.peaks.pop()[1] + node).digest()
            height += 1
            if height % 8 == 0:
                done.append((height // 8, node))
        self.peaks.append((height, node))
        self.size += 1
        return done

    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        node = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node


def unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Invalid("not base64") from None


def read_key(path: Path) -> Key:
    """The public key `<name>+<id>+<base64 of 0x01 and the key>`."""
    try:
        name, key_id, encoded = path.read_text(encoding="utf-8").strip().split("+", 2)
        raw = unbase64(encoded)
    except (OSError, ValueError, Invalid):
        raise Usage(
            chosen(f"{path.name}: 不是账本公钥", f"{path.name}: not the public key of a ledger")
        ) from None
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or len(raw) != 1 + HASH or expected.hex() != key_id:
        raise Usage(chosen(f"{path.name}: 不是账本公钥", f"{path.name}: not the public key of a ledger"))
    return Key(name, expected, raw[1:])


def read_claim(source: str, note: str) -> tuple[Claim, str, str]:
    """What a note says, its signed text and its signature lines; nothing is checked yet."""
    text, blank, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) < 3 or not (lines[1].isascii() and lines[1].isdigit()):  # noqa: PLR2004 - origin, size, root
        raise Invalid(chosen("格式不符", "malformed"))
    root = unbase64(lines[2])
    if len(root) != HASH:
        raise Invalid(chosen("格式不符", "malformed"))
    return Claim(source, int(lines[1]), root), text + "\n", signatures


def check_signature(key: Key, text: str, signatures: str) -> None:
    """Raises Invalid unless `key` signed `text` as the checkpoint of its own log."""
    if text.split("\n", 1)[0] != key.name:
        raise Invalid(chosen("属于另一账本", "of another ledger"))
    for line in signatures.splitlines():
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.rpartition(" ")
        raw = unbase64(encoded)
        if mark == "—" and name == key.name and raw[:4] == key.id:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
            except InvalidSignature:
                raise Invalid(chosen("签名错误", "wrong signature")) from None
            return
    raise Invalid(chosen("不是由此密钥签署", "not signed by this key"))


def tile_name(level: str, index: int, width: int) -> str:
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == FULL else f".p/{width}")


class Ledger:
    """An exported ledger of `size` entries."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.size = size

    def width(self, tile: int) -> int:
        return min(FULL, self.size - tile * FULL)

    def sealed(self) -> Iterator[bytes | None]:
        """The leaf hashes in the tiles; None once where a tile is missing or broken, and then no more."""
        for tile in range(-(-self.size // FULL)):
            content = self.content(tile_name("0", tile, self.width(tile)))
            if content is None or len(content) != HASH * self.width(tile):
                yield None
                return
            for at in range(0, len(content), HASH):
                yield content[at : at + HASH]

    def entries(self) -> Iterator[bytes | None]:
        """The entries one after the other; None where a bundle is missing or ends inside an entry."""
        for tile in range(-(-self.size // FULL)):
            content = self.content(tile_name("entries", tile, self.width(tile)))
            if not content:
                yield None
                return
            at = 0
            while at < len(content):
                end = at + 2 + int.from_bytes(content[at : at + 2], "big")
                if end > len(content) or end == at + 2:
                    yield None
                    return
                yield content[at + 2 : end]
                at = end

    def content(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def bundle_exists(self, index: int) -> bool:
        return bool(self.content(tile_name("entries", index // FULL, self.width(index // FULL))))

    def stray(self) -> str | None:
        """A bundle that the checkpoint knows nothing of."""
        top = self.folder / "tile" / "entries"
        found = {path.relative_to(self.folder).as_posix() for path in top.rglob("*") if path.is_file()}
        tiles = min(-(-self.size // FULL), len(found))  # a size that nobody signed may be absurd
        known = {tile_name("entries", tile, self.width(tile)) for tile in range(tiles)}
        return min(found - known, default=None)


class Comparison:
    """Entries against tiles, tiles against each other, and the roots of both against what was signed."""

    def __init__(self, ledger: Ledger, claims: list[Claim]) -> None:
        self.ledger = ledger
        self.claims: dict[int, list[Claim]] = {}
        for claim in claims:
            self.claims.setdefault(claim.size, []).append(claim)
        self.tree = Tree()  # over the tiles
        self.twin: Tree | None = None  # over the entries, from the first difference on
        self.at: int | None = None  # the first difference
        self.found: bytes | None = None  # the entry standing there
        self.broken = False  # there is something there, but it cannot be read
        self.before: bytes | None = None  # the entry before it
        self.wanted: bytes | None = None  # the hash sealed there
        self.agreed = {"tiles": 0, "entries": 0}
        self.contradicted: dict[str, Claim] = {}
        self.rows: list[list[bytes]] = []
        self.bad_tile: tuple[str, int] | None = None

    def run(self) -> None:
        gone = object()
        pairs = zip_longest(self.ledger.sealed(), self.ledger.entries(), fillvalue=gone)
        for index, (sealed, entry) in enumerate(pairs):
            leaf = hashlib.sha256(b"\x00" + entry).digest() if isinstance(entry, bytes) else None
            if self.at is None and (leaf != sealed or leaf is None):
                self.at, self.twin = index, self.tree.copy()
                self.found, self.broken = entry if isinstance(entry, bytes) else None, entry is None
                self.wanted = sealed if isinstance(sealed, bytes) else None
            if isinstance(sealed, bytes):
                self.climb(self.tree.add(sealed))
                self.meet("tiles", self.tree)
            if self.twin is None:
                self.before = entry if isinstance(entry, bytes) else None
            elif leaf is not None:
                self.twin.add(leaf)
                self.meet("entries", self.twin)
        self.close()

    def climb(self, nodes: list[tuple[int, bytes]]) -> None:
        """Gather the nodes of the higher levels; compare every tile of them as it becomes complete."""
        for level, node in nodes:
            while len(self.rows) < level:
                self.rows.append([])
            row = self.rows[level - 1]
            row.append(node)
            if len(row) % FULL == 0:
                self.compare_tile(level, len(row) // FULL - 1, row[-FULL:])

    def close(self) -> None:
        for level, row in enumerate(self.rows, start=1):
            if len(row) % FULL:
                self.compare_tile(level, len(row) // FULL, row[len(row) // FULL * FULL :])

    def compare_tile(self, level: int, index: int, nodes: list[bytes]) -> None:
        if self.bad_tile is not None:
            return
        name = tile_name(str(level), index, len(nodes))
        content = self.ledger.content(name) or b""
        for at, node in enumerate(nodes):
            if content[at * HASH : (at + 1) * HASH] != node:
                self.bad_tile = name, (index * FULL + at) * FULL**level
                return

    def meet(self, side: str, tree: Tree) -> None:
        for claim in self.claims.get(tree.size, ()):
            if claim.root == tree.root() and side not in self.contradicted:
                self.agreed[side] = claim.size
            else:
                self.contradicted.setdefault(side, claim)

    def finding(self) -> Finding | None:
        """The one finding about entries and tiles that explains what was seen."""
        tiles_sound = self.tree.size == self.ledger.size and "tiles" not in self.contradicted
        if self.at is None and tiles_sound:
            return Finding("tile", source=self.bad_tile[0]) if self.bad_tile else None
        if self.at is None:
            return self.rewritten("tiles")
        if tiles_sound:
            return self.judged()
        entries_whole = self.twin is not None and self.twin.size == self.ledger.size
        if entries_whole and "entries" not in self.contradicted and self.claims:
            name = tile_name("0", self.at // FULL, self.ledger.width(self.at // FULL))
            return Finding("tile", index=self.at, source=name)
        return self.rewritten("tiles") if "tiles" in self.contradicted else self.judged()

    def rewritten(self, side: str) -> Finding:
        """Entries and tiles were changed together: a signed root and the higher tiles tell roughly where."""
        claim = self.contradicted.get(side)
        first = self.agreed[side]
        last = (claim.size if claim else self.ledger.size) - 1
        if self.at is not None and first <= self.at <= last:
            return Finding("altered", index=self.at, entry=entry_id(self.found), after=entry_id(self.before))
        if self.bad_tile and first - FULL < self.bad_tile[1] <= last:
            first, last = max(first, self.bad_tile[1]), min(last, self.bad_tile[1] + FULL - 1)
        return Finding("rewritten", index=first, last=last, source=claim.source if claim else "")

    def judged(self) -> Finding:
        """What was done at the first difference: is what was sealed here elsewhere, was what is here sealed?"""
        assert self.at is not None  # noqa: S101 - only asked after a difference
        after = entry_id(self.before)
        if self.found is None:
            what = "altered" if self.broken and self.ledger.bundle_exists(self.at) else "removed"
            return Finding(what, index=self.at, after=after)
        if self.wanted is None:
            return Finding("added", index=self.at, entry=entry_id(self.found), after=after)
        leaf = hashlib.sha256(b"\x00" + self.found).digest()
        sealed_elsewhere = leaf in self.ledger.sealed()
        stands_elsewhere = any(
            entry is not None and hashlib.sha256(b"\x00" + entry).digest() == self.wanted
            for entry in self.ledger.entries()
        )
        if sealed_elsewhere and not stands_elsewhere:
            return Finding("removed", index=self.at, after=after)
        what = {(True, True): "reordered", (False, True): "added"}.get(
            (sealed_elsewhere, stands_elsewhere), "altered"
        )
        return Finding(what, index=self.at, entry=entry_id(self.found), after=after)


def entry_id(entry: bytes | None) -> str | None:
    """The id inside an entry, as far as the entry can still be read."""
    try:
        return str(json.loads((entry or b"")[1:])["id"])
    except (ValueError, KeyError, TypeError):
        return None


def open_claims(folder: Path, key: Key, handed_out: list[Path]) -> tuple[list[Claim], list[Finding], int]:
    """The claims whose signatures hold, what is wrong with the others, and the size the export says it has."""
    notes = [folder / "checkpoint", *sorted((folder / "checkpoints").glob("[0-9]*")), *handed_out]
    claims, findings, size = [], [], 0
    for path in notes:
        try:
            claim, text, signatures = read_claim(path.name, path.read_text(encoding="utf-8"))
            if path == notes[0]:
                size = claim.size
            check_signature(key, text, signatures)
            claims.append(claim)
        except Invalid as error:
            findings.append(Finding("checkpoint", source=path.name, detail=str(error)))
        except (OSError, UnicodeDecodeError):
            if path in handed_out:
                raise Usage(chosen(f"{path.name}: 无法读取", f"{path.name}: cannot be read")) from None
            findings.append(
                Finding("checkpoint", source=path.name, detail=chosen("无法读取", "cannot be read"))
            )
    return claims, findings, size


def verify(folder: Path, key: Key, handed_out: list[Path]) -> dict[str, Any]:
    """The verdict over an export, as a dictionary that JSON can hold."""
    if not folder.is_dir():
        raise Usage(chosen(f"{folder}: 没有此目录", f"{folder}: no such folder"))
    claims, findings, size = open_claims(folder, key, handed_out)
    comparison = Comparison(Ledger(folder, size), claims)
    comparison.run()
    found = comparison.finding()
    longest = max((claim.size for claim in claims), default=size)
    if found is None and longest > size:
        found = Finding("truncated", index=size, last=longest - 1, after=entry_id(comparison.before))
    stray = comparison.ledger.stray()
    if found is None and stray:
        found = Finding("added", index=size, source=stray)
    if found:
        findings.insert(0, found)
    return {
        "ok": not findings,
        "ledger": key.name,
        "size": size,
        "root": comparison.tree.root().hex(),
        "checkpoints": len(claims),
        "findings": [
            {**asdict(one), "message_zh": one.sentences()[0], "message_en": one.sentences()[1]}
            for one in findings
        ],
    }


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2."""
    first, last, node = index, size - 1, leaf
    for step in path:
        if first & 1 or first == last:
            node = hashlib.sha256(b"\x01" + step + node).digest()
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + step).digest()
        first, last = first >> 1, last >> 1
    return node if last == 0 and 0 <= index < size else b""


def verify_proof(file: Path, key: Key) -> dict[str, Any]:
    """The verdict over the proof of one entry (C2SP tlog-proof, the entry's bytes in its line `extra`)."""
    try:
        return {
            "ok": True,
            "ledger": key.name,
            **read_proof(file.name, file.read_text(encoding="utf-8"), key),
        }
    except (OSError, ValueError, Invalid) as error:
        detail = str(error) if isinstance(error, Invalid) else chosen("格式不符", "malformed")
        return {"ok": False, "ledger": key.name, "detail": detail}


def read_proof(source: str, text: str, key: Key) -> dict[str, Any]:
    head, _, note = text.partition("\n\n")
    first, extra, place, *path = head.split("\n")
    if (first, extra[:6], place[:6]) != ("c2sp.org/tlog-proof@v1", "extra ", "index "):
        raise Invalid(chosen("格式不符", "malformed"))
    claim, signed, signatures = read_claim(source, note)
    check_signature(key, signed, signatures)
    entry, index = unbase64(extra[6:]), int(place[6:])
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    if root_from(leaf, index, claim.size, [unbase64(step) for step in path]) != claim.root:
        raise Invalid(chosen("条目不在已签署的账本中", "the entry is not in the log that was signed"))
    return {"index": index, "size": claim.size, "root": claim.root.hex(), "entry": json.loads(entry[1:])}


def chosen(zh: str, en: str) -> str:
    """SHOUXIN_LANG, else the environment's language, else Chinese."""
    wanted = os.environ.get("SHOUXIN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return en if wanted.lower().startswith("en") else zh


def say(verdict: dict[str, Any]) -> str:
    if "detail" in verdict:
        return chosen(f"证明不成立: {verdict['detail']}", f"The proof does not hold: {verdict['detail']}")
    if "entry" in verdict:
        said = chosen("证明成立: 序号 {index}, 账本共 {size} 条", "Proved: entry {index} of a log of {size}")
        return f"{said.format(**verdict)}\n{json.dumps(verdict['entry'])}\nroot {verdict['root']}"
    if not verdict["ok"]:
        heading = chosen("账本有误:", "The ledger is not sound:")
        found = [chosen(one["message_zh"], one["message_en"]) for one in verdict["findings"]]
        return "\n".join([heading, *(f"- {sentence}" for sentence in found)])
    zh = "账本完好: {size} 条条目, {checkpoints} 个检查点"
    said = chosen(zh, "The ledger is sound: {size} entries, {checkpoints} checkpoints")
    return f"{said.format(**verdict)}\nroot {verdict['root']}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="shouxin-verify", description=chosen("验证账本", "Verify a ledger.")
    )
    parser.add_argument("folder", metavar="DIR|FILE", type=Path, help=chosen("导出或证明", "export or proof"))
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help=chosen("公钥", "public key"))
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=chosen("以往收到的检查点", "a checkpoint received earlier; may be repeated"),
    )
    parser.add_argument("--json", action="store_true", help=chosen("供程序读取", "for programs"))
    given = parser.parse_args(arguments)
    try:
        key, given_at = read_key(given.key), given.folder
        verdict = (
            verify_proof(given_at, key) if given_at.is_file() else verify(given_at, key, given.checkpoint)
        )
    except Usage as error:
        sys.stderr.write(f"shouxin-verify: {error}\n")
        return 2
    sys.stdout.write((json.dumps(verdict, ensure_ascii=False) if given.json else say(verdict)) + "\n")
    return 0 if verdict["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
