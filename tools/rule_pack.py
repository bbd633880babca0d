"""Write the manifest of a rule pack: name, version and the SHA-256 of every file.

Usage: python tools/rule_pack.py shouxin/rulebook/packs/cn-2026.11
Run it after a pack's files were edited for a new version; a pack whose files differ from its manifest is refused.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path


def main(folder: Path) -> None:
    path = folder / "manifest.json"
    old = json.loads(path.read_text("utf-8")) if path.exists() else {}
    name, _, version = folder.name.partition("-")
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != path)
    manifest = {
        "name": name,
        "version": version,
        "title": old.get("title", {"zh": "", "en": ""}),
        "files": {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in files},
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
