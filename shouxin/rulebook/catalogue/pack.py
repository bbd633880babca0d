"""A rule pack on disk: CSV tables and texts, each vouched for by the manifest's SHA-256."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from shouxin.core.text import Text

PACKS = Path(__file__).resolve().parent.parent / "packs"
CURRENT = PACKS / "cn-2026.11"


class PackBroken(Exception):
    """A file of the pack is missing or differs from the manifest; `file` says which."""

    def __init__(self, file: str) -> None:
        super().__init__(f"rule pack: {file} is missing or differs from the manifest")
        self.file = file


@dataclass(frozen=True)
class RulePack:
    """One version of one country's rules, read and checked; `sha256` is that of the manifest."""

    name: str
    version: str
    title: Text
    sha256: str
    files: Mapping[str, bytes]

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of `<table>.csv` in order, every value a stripped string."""
        text = self.files[f"{table}.csv"].decode("utf-8-sig")
        return [
            {key: (value or "").strip() for key, value in row.items()}
            for row in csv.DictReader(io.StringIO(text))
        ]

    def text(self, file: str) -> str:
        return self.files[file].decode("utf-8")

    @cached_property
    def fields(self) -> dict[str, dict[str, str]]:
        """The field dictionary by key."""
        return {row["field_key"]: row for row in self.rows("field-dictionary")}


def read(folder: Path = CURRENT) -> RulePack:
    """Read a pack and check every file against its manifest.

    Raises:
        PackBroken: a file is missing, altered, or not named in the manifest.
    """
    manifest = folder / "manifest.json"
    try:
        raw = manifest.read_bytes()
        head = json.loads(raw)
        named: dict[str, str] = head["files"]
    except (OSError, ValueError, KeyError) as broken:
        raise PackBroken("manifest.json") from broken
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p != manifest}
    for stray in sorted(found ^ set(named)):
        raise PackBroken(stray)
    files = {name: (folder / name).read_bytes() for name in named}
    for name, content in files.items():
        if sha256(content).hexdigest() != named[name]:
            raise PackBroken(name)
    title = Text(head["title"]["zh"], head["title"]["en"])
    return RulePack(head["name"], head["version"], title, sha256(raw).hexdigest(), files)
