"""Which part of the menu an event belongs to: some hundreds of them are found by it in the search of the journal."""

from collections.abc import Iterable
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from shouxin.console.journal import naming
from shouxin.console.menu import GROUP_TITLES

SEEN, RIGHTS, PORTAL = "seen", "rights", "portal"
TITLES = {
    SEEN: _("查看与接待"),
    **{key: title for key, title in GROUP_TITLES.items() if key != "work"},
    RIGHTS: _("个人行权"),
    PORTAL: _("客户门户"),
}
_OF = {
    SEEN: "contact decision dial emergency list maintenance number profile read write",
    "customers": "bulk consent customer group handover informed lead limits message promise record relation segments",
    "collection": "attachment batch form plan public_form submission survey",
    "quality": "cleanup code duplicates external supply value",
    "access": "api_client grant review risk secret_reader sync webhook",
    "rulebook": "field pack policy purpose recipient region",
    "people": "connection delegation department departure directory duty factor guard identity notice role scim setup"
    " sight staff threshold",
    "proof": "entry journal ledger ledger_token story",
    "operations": "algorithm index job own_key reencryption root_key rotation secret secrets tampering values vault",
    RIGHTS: "feedback rights satisfaction",
    PORTAL: "portal",
}
# Whose thing is dealt with in two places.
_ITSELF = {
    "field.revealed": SEEN,
    "field.read": SEEN,
    "batch.left_out": SEEN,
    "notice.drafted": "rulebook",
    "notice.approved": "rulebook",
    "notice.discarded": "rulebook",
}
_BY_THING = MappingProxyType({thing: key for key, things in _OF.items() for thing in things.split()})


def area_of(event: str) -> str | None:
    """The key of the part of the menu, or None for an event that nobody put anywhere."""
    return _ITSELF.get(event) or _BY_THING.get(event.partition(".")[0])


def choices(events: Iterable[str], language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The events by area, in the order of the menu, each area by what its events say."""
    found: dict[str, list[tuple[str, str]]] = {key: [] for key in TITLES}
    for event in events:
        found[area_of(event) or "operations"].append((event, naming.kind_name(event, language)))
    said = {key: sorted(of, key=lambda one: one[1].lstrip("“…” ")) for key, of in found.items()}
    return [(str(TITLES[key]), of) for key, of in said.items() if of]
