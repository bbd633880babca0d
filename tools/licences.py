"""Write docs/licences.md: every installed distribution of the runtime and its licence, from its own metadata."""

import pathlib
import re
import sys
from importlib import metadata

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "licences.md"
HEAD = """# Licences of the libraries

Made by `make licences` from what the libraries say of themselves: what `make demo` and `make run` install.

| library | version | licence |
| --- | --- | --- |
"""


def pinned() -> list[str]:
    """The names that the runtime lock pins."""
    text = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    return re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)


def licence(name: str) -> str:
    """The licence as the distribution states it."""
    about = metadata.metadata(name)
    stated = (about.get_all("License-Expression") or about.get_all("License") or [""])[0].split(
        "\n", maxsplit=1
    )[0]
    classifiers = [
        c.rpartition("::")[2].strip() for c in about.get_all("Classifier") or [] if c.startswith("License")
    ]
    return stated.strip() or "; ".join(classifiers)


def table() -> str:
    """The whole page."""
    rows = []
    for name in sorted(pinned(), key=str.lower):
        try:
            rows.append(f"| {name} | {metadata.version(name)} | {licence(name)} |")
        except metadata.PackageNotFoundError:  # pinned for another platform
            continue
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    if "--check" in sys.argv:
        return 0 if TARGET.read_text(encoding="utf-8") == table() else 1
    TARGET.write_text(table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
