"""The stylesheets know every class that a template uses: a forgotten one would fall apart on the screen, silently."""

import re
from pathlib import Path

import shouxin

ROOT = Path(shouxin.__file__).parent
STYLES = ROOT / "console" / "static" / "console"
# {{ … }} and {% … %} inside a class leave a beginning that ends in a dash: sx-tag-{{ kind }}
CLASS = re.compile(r"""class=(?:"([^"]*)"|'([^']*)')""")
NAME = re.compile(r"sx-[a-z0-9_-]*[a-z0-9_]-?")

# A rule below these is about what it names further on.
SCOPES = {"sx-body", "sx-main"}


def _used() -> dict[str, set[str]]:
    """Class → the templates that use it."""
    found: dict[str, set[str]] = {}
    for template in ROOT.rglob("templates/**/*.html"):
        for quoted in CLASS.findall(template.read_text(encoding="utf-8")):
            for name in NAME.findall(" ".join(quoted)):
                found.setdefault(name, set()).add(template.name)
    return found


def test_every_class_of_a_template_is_in_the_stylesheet() -> None:
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in STYLES.glob("*.css"))
    defined = set(re.findall(r"\.(sx-[a-z0-9_-]+)", sheets))
    missing = {
        name: sorted(where)
        for name, where in _used().items()
        if not (any(each.startswith(name) for each in defined) if name.endswith("-") else name in defined)
    }
    assert not missing


def _selectors(sheet: str) -> list[str]:
    """Every selector that stands by itself, outside of rules for a width, a wish or paper."""
    found, depth, said, conditions = list[str](), 0, "", list[int]()
    for sign in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL):
        if sign == "{":
            if said.strip().startswith("@"):
                conditions.append(depth)
            elif not conditions:
                found += re.split(r",(?![^(]*\))", said)
            depth, said = depth + 1, ""
        elif sign == "}":
            depth, said = depth - 1, ""
            if conditions and conditions[-1] == depth:
                conditions.pop()
        else:
            said += sign
    return found


def test_a_class_is_defined_in_one_sheet() -> None:
    """Two sheets that give rules to the same class by itself mean two things by one name."""
    homes: dict[str, set[str]] = {}
    for sheet in STYLES.glob("*.css"):
        for selector in _selectors(sheet.read_text(encoding="utf-8")):
            plain = re.sub(r":not\([^)]*\)", "", selector)
            names = set(re.findall(r"\.(sx-[a-z0-9_-]+)", plain)) - SCOPES
            if len(names) == 1:
                homes.setdefault(names.pop(), set()).add(sheet.name)
    assert homes["sx-btn"] == {"shouxin.css"}
    assert {name: sorted(sheets) for name, sheets in homes.items() if len(sheets) > 1} == {}
