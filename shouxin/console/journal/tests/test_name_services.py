"""Whoever reads the journal sees which part of the product did it: every service has a name of its own."""

import re
from pathlib import Path

import shouxin
from shouxin.console.journal import areas, naming
from shouxin.core.policy import service_actor
from shouxin.customers.public_forms.rules import SERVICE
from shouxin.journal.queries import names_of_events

ROOT = Path(shouxin.__file__).parent
ACTING = re.compile(r'\bservice_actor\("([^"]+)"\)')


def test_every_service_of_the_product_has_a_name() -> None:
    acting = {
        name
        for path in ROOT.rglob("*.py")
        if "tests" not in path.parts
        for name in ACTING.findall(path.read_text(encoding="utf-8"))
    } | {SERVICE}
    assert {"rights", "keys"} <= acting
    assert acting <= set(naming.SERVICES)


def test_no_two_services_are_called_alike() -> None:
    for language in ("zh-hans", "en"):
        said = [text.in_(language) for text in naming.SERVICES.values()]
        assert len(set(said)) == len(said)
    rights = service_actor("rights").pseudonym
    assert naming.service_called("系统：本人的信息") == rights


def test_every_event_is_found_in_its_part_of_the_menu() -> None:
    # What begins with "thing" other tests made up.
    shipped = [event for event in names_of_events() if not event.startswith("thing.")]
    assert [event for event in shipped if areas.area_of(event) is None] == []
    found = dict(areas.choices(names_of_events(), "zh-hans"))
    assert ("field.revealed", "查看明文：…，目的 …，事由 …") in found["查看与接待"]
    assert "grant.approved" in [event for event, _said in found["用数授权"]]
    assert max(map(len, found.values())) < len(names_of_events()) / 4
