"""A figure on the workbench opens exactly the list it counts: for every card, for everybody who sees it."""

from collections import defaultdict
from html.parser import HTMLParser

import pytest
from django.test import Client

from shouxin.console import bench
from shouxin.core.text import Text
from shouxin.kit import clock, workbench
from shouxin.operations.server import status
from shouxin.people.working_purpose import SESSION_KEY
from tests import workbench_states as states
from tests.register import SALES, Register
from tests.world import CAST, World

pytestmark = pytest.mark.django_db

# Which element on the page of a card is one row of its list: (tag, class of an element around it). The rest are the
# rows of the page's first table.
ROWS: dict[str, tuple[str, str]] = {
    "system-problems": ("li", "sx-ways"),
    "journal-unsound": ("li", "sx-ways"),
    "people.duties.vacant": ("h2", "main"),
    "portal-stored": ("h2", "main"),
}
# Pages about one thing: the new rule pack, and the policies to be acknowledged one after the other.
ONE_THING = {"rulebook.pack", "rulebook.acknowledge"}
WITHOUT_RULES = {"rulebook.defaults"}  # counted only before there is any purpose


class Rows(HTMLParser):
    """Counts the elements `tag` inside the first element with the class `around`."""

    def __init__(self, tag: str, around: str) -> None:
        super().__init__()
        self.tag, self.around, self.outer, self.depth, self.found = tag, around, "", 0, 0
        self.main = self.over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self.main = self.main or tag == "main"
        if not self.main or self.over:
            return
        if self.depth and tag == self.outer:
            self.depth += 1
        elif not self.depth and (tag == self.around or self.around in classes):
            self.depth, self.outer = 1, tag
        elif self.depth and tag == self.tag:
            self.found += 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag == self.outer:
            self.depth -= 1
            self.over = not self.depth


def rows(page: str, key: str) -> int:
    counting = Rows(*ROWS.get(key, ("tr", "tbody")))
    counting.feed(page)
    return counting.found


def test_every_figure_opens_the_list_it_counts(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    states.everything(register, now)
    states.pack_is_new()
    monkeypatch.setattr(status, "problems", lambda: [("disk", Text("磁盘将满", "The disk is nearly full"))])
    seen: dict[str, set[str]] = defaultdict(set)
    wrong = []
    for who, member in CAST.items():
        if not member.roles or member.left:
            continue
        browser = register.world.signed_in(Client(), who)
        session = browser.session
        session[SESSION_KEY] = SALES if who not in {"agent", "service_head"} else "service"
        session.save()
        for team in (False, True):
            for counter in _counters(register.world, who, team=team):
                seen[counter.card.key].add(who)
                answer = browser.get(counter.address)
                found = rows(answer.content.decode(), counter.card.key) if answer.status_code == 200 else -1
                if counter.card.key in ONE_THING:
                    found = counter.number if answer.status_code == 200 else -1
                if found != counter.number:
                    wrong.append(f"{who}: {counter.address} counts {counter.number}, lists {found}")
    assert not wrong, "\n".join(wrong)
    assert set(workbench.cards) - set(seen) == WITHOUT_RULES


def _counters(world: World, who: str, *, team: bool) -> list[bench.Counter]:
    return bench.gather(world.actor(who), team=team, now=clock.now()).counters
