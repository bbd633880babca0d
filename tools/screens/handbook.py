"""The pictures of the handbook: one screen per line, in both languages, from the demonstration's own data."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tools.screens import sheet
from tools.screens.crawl import Screen
from tools.screens.render import Look, picture

if TYPE_CHECKING:
    from tools.screens.__main__ import Tour

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "handbook" / "images"


class Picture(NamedTuple):
    """A file of the handbook and the screen it shows."""

    file: str
    who: str
    name: str


PICTURES = (
    Picture("clerk-workbench", "yuanfei", "console:workbench"),
    Picture("clerk-customers", "yuanfei", "customers:list"),
    Picture("clerk-customer", "yuanfei", "customers:page"),
    Picture("clerk-import", "yuanfei", "customers:import_columns"),
    Picture("first-days-report", "songtao", "customers:import_report"),
    Picture("head-workbench", "songtao", "console:workbench"),
    Picture("head-grant", "songtao", "access:grants"),
    Picture("officer-purpose", "caomin", "rulebook:purpose"),
    Picture("officer-fields", "caomin", "rulebook:fields"),
    Picture("system-staff", "pengyu", "people:staff"),
    Picture("security-person", "zengqi", "people:staff_detail"),
    Picture("audit-journal", "xiaolan", "journal:entries"),
    Picture("supervisor-decision", "tianlei", "gate:explain"),
)
LANGUAGES = ("zh", "en")


def make(tour: "Tour", passwords: dict[str, str]) -> int:
    """Find the screens, photograph their upper part, and keep each small; how many are missing is the exit status."""
    wanted = {one.who: frozenset(each.name for each in PICTURES if each.who == one.who) for one in PICTURES}
    tour.find(passwords, sorted(wanted), wanted)
    found: dict[tuple[str, str], Screen] = {}
    for screen in tour.screens:
        found.setdefault((screen.who, screen.name), screen)
    for one in PICTURES:
        for language in LANGUAGES:
            if (one.who, one.name) not in found:
                tour.problems.append(f"nobody came to {one.name}")
                continue
            seen = found[(one.who, one.name)]
            raw = picture(tour.base, tour.folder / "handbook", seen, Look("1440", "light", language))
            sheet.for_handbook(raw, FOLDER / f"{one.file}-{language}.png")
    print("\n".join(tour.problems))
    return 1 if tour.problems else 0
