"""`make screens`: every screen as every role sees it, wide and on a phone, light and dark, Chinese and English.

Starts a demonstration in a folder of its own, fills what a screen needs to be seen filled, signs every role in, finds
the screens by following links, and photographs them. Leaves `artefacts/screens/index.html`, a contact sheet, and
`problems.txt`: pages wider than the window, messages on the browser's console, breaches of the content security policy,
findings of axe, sentences in the wrong language, answers that are not 200, addresses nobody reached. Exit status 1
when there is any.

`make pictures` makes the pictures of the handbook alone and puts them into docs/handbook/images.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from types import MappingProxyType

from tools.screens import handbook, reached, sheet, words
from tools.screens.crawl import Screen, Visitor
from tools.screens.render import LOOKS, TWO, Found, Look, Work, render
from tools.screens.server import Demonstration, demonstration

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 10  # screens of one piece of work
SALES = "sales_contract"
# One person for each role and for each kind of clerk, and the purpose they work for.
PEOPLE = {
    "yuanfei": SALES,  # clerk
    "dongxue": SALES,  # clerk of marketing
    "caiyan": "service",  # clerk of service
    "duanrui": "leasing",  # clerk of leasing
    "songtao": SALES,  # department head
    "caomin": SALES,  # officer
    "pengyu": "",  # system administrator
    "zengqi": "",  # security administrator
    "xiaolan": "",  # audit administrator
    "tianlei": "",  # supervisor
}

CUSTOMER = "customer"


@dataclass
class Tour:
    """What was found and what is wrong with it."""

    base: str
    folder: Path
    screens: list[Screen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    done: int = 0

    def find(
        self,
        passwords: dict[str, str],
        people: Iterable[str],
        wanted: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        """Sign everybody in and let them follow every link, until they saw what is wanted of them."""
        from shouxin.kit import clock
        from shouxin.operations.demo import apps

        for who in people:
            visitor = Visitor(who, self.base)
            visitor.sign_in(passwords[who], lambda who=who: apps.shown(who, clock.now()).code)  # type: ignore[misc]
            if PEOPLE[who]:
                visitor.choose(PEOPLE[who])
            found = visitor.walk([*reached.also(who), "/"], wanted.get(who, frozenset()))
            print(f"{who}: {len(found)} screens", flush=True)
            self.screens += found
            self.problems += visitor.wrong

    def find_portal(self) -> None:
        """The customers' own pages, as one of them sees them, and their doors."""
        from shouxin.kit import clock
        from shouxin.portal.entering import doors
        from tools.screens import dialogue

        customer = Visitor(CUSTOMER, self.base, doors.SESSION)
        customer.client.cookies.set(doors.SESSION, dialogue.at_the_portal(clock.now()), path=doors.PATH)
        found = customer.walk(["/my/"])
        print(f"{CUSTOMER}: {len(found)} screens", flush=True)
        self.screens += found
        stranger = Visitor("stranger", self.base, doors.SESSION)
        self.screens += stranger.walk(["/my/sign-in/"])
        self.problems += customer.wrong + stranger.wrong

    def photograph(self, pool: Pool, looks: Sequence[Look] = LOOKS) -> None:
        """What nobody photographed yet, while its finder is still signed in: whoever comes to a screen first in every
        look, the others in two.
        """
        works, left = list[Work](), self.screens[self.done :]
        for part, wanted in ((False, looks), (True, TWO)):
            works += self._works([one for one in left if (one.key in self.seen) is part], wanted)
        self.seen |= {screen.key for screen in left}
        self.done = len(self.screens)
        self.found += pool.map(render, works, chunksize=1)

    def _works(self, screens: list[Screen], looks: Sequence[Look]) -> Iterable[Work]:
        for language in ("zh", "en"):
            wanted = tuple(look for look in looks if look.language == language)
            for start in range(0, len(screens), AT_ONCE):
                yield Work(self.base, self.folder, tuple(screens[start : start + AT_ONCE]), wanted)

    def judge(self) -> None:
        """Everything wrong, said once."""
        self.problems += reached.missing(screen.name for screen in self.screens)
        for one in self.found:
            self.problems += ["  ".join(each) for each in one.wrong]
            for text, (where, language) in one.foreign.items():
                if words.is_of("zh" if language == "en" else "en", text):
                    self.problems.append(f"language  {where}  {text}")
        self.problems = sorted(set(self.problems))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.screens")
    parser.add_argument("--handbook", action="store_true", help="the pictures of the handbook alone")
    parser.add_argument("--people", default=",".join([*PEOPLE, CUSTOMER]), help="whose screens")
    parser.add_argument("--two", action="store_true", help="two looks instead of eight")
    asked = parser.parse_args(arguments)
    with demonstration(stopped=asked.handbook) as running:
        return _tour(running, asked)


def _tour(running: Demonstration, asked: argparse.Namespace) -> int:
    from shouxin.operations.server.session import database

    folder = ROOT / "artefacts" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    with database():
        from tools.screens import stage

        tour = Tour(running.base, folder, problems=[f"stage  {line}" for line in stage.play()])
        if asked.handbook:
            stage.settle()
            return handbook.make(tour, dict(running.passwords))
        looks = TWO if asked.two else LOOKS
        with get_context("spawn").Pool(os.cpu_count() or 2) as pool:
            for who in asked.people.split(","):
                if who == CUSTOMER:
                    tour.find_portal()
                else:
                    tour.find(dict(running.passwords), [who])
                tour.photograph(pool, looks)
            tour.screens.append(Screen("stranger", "people:sign_in", "/sign-in/"))
            tour.photograph(pool, looks)
    tour.judge()
    index = sheet.write(folder, [picture for one in tour.found for picture in one.pictures])
    (folder / "problems.txt").write_text("\n".join(tour.problems) + "\n", encoding="utf-8")
    foreign = sorted({f"{where}  {text}" for one in tour.found for text, (where, _) in one.foreign.items()})
    (folder / "other-language.txt").write_text("\n".join(foreign), encoding="utf-8")
    print(
        "\n".join(tour.problems),
        f"{len(tour.screens)} screens, {len(tour.problems)} problems: {index}",
        sep="\n",
    )
    return 1 if tour.problems else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    sys.exit(main())
