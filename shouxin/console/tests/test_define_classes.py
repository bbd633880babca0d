"""The stylesheets know every class that a template uses: a forgotten one would fall apart on the screen, silently."""

import re
from pathlib import Path

import shouxin

ROOT = Path(shouxin.__file__).parent
STYLES = ROOT / "console" / "static" / "console"
# {{ … }} and {% … %} inside a class leave a beginning that ends in a dash: sx-tag-{{ kind }}
CLASS = re.compile(r"""class=(?:"([^"]*)"|'([^']*)')""")
NAME = re.compile(r"sx-[a-z0-9_-]*[a-z0-9_]-?")


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
