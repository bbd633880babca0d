"""Every verb that opens, widens or gives back something asks for 二次认证 when the last proof is too old.

`DANGEROUS` is the whole list: the address, and those of its verbs that ask (none named: whatever is sent to it). A verb
that is added to the product and sounds like one of `SOUNDS` has to stand here too, or in `HARMLESS` with a reason.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from shouxin.core.policy.permissions import permissions_of
from shouxin.people.second_factor import rules
from shouxin.people.second_factor.doors import ASKS_AGAIN
from tests.permission_rows import Row
from tests.register import rules_in_force
from tests.test_permissions_table import ROWS, address
from tests.world import CAST, World, note_proof

EVERYTHING: frozenset[str] = frozenset()
DANGEROUS: Mapping[str, frozenset[str]] = {
    "access:client_change": frozenset({"approve"}),
    "access:client_decide": frozenset({"approve"}),
    "access:decide": frozenset({"approve"}),
    "access:emergency_lift": EVERYTHING,
    "access:emergency_open": EVERYTHING,
    "access:review_decide": frozenset({"confirm"}),
    "access:risk_decide": frozenset({"approve", "end-approve"}),
    "access:secret_decide": frozenset({"approve"}),
    "access:webhook_decide": frozenset({"approve", "rotate"}),
    "customers:attachment_destroy": EVERYTHING,
    "customers:form_verb": frozenset({"publish"}),
    "customers:import_decide": frozenset({"accept"}),
    "customers:message_verb": frozenset({"approve"}),
    "customers:plan_verb": frozenset({"approve"}),
    "customers:public_verb": frozenset({"approve"}),
    "customers:supply_remove": EVERYTHING,
    "access:ledger_tokens": EVERYTHING,
    "people:bind": EVERYTHING,
    "people:confirm_link": EVERYTHING,
    "people:connection_decide": frozenset({"confirm", "renew"}),
    "people:delegations": EVERYTHING,
    "people:departure_withdraw": EVERYTHING,
    "people:factor_ask_reset": EVERYTHING,
    "people:factor_codes": EVERYTHING,
    "people:factor_decide_reset": frozenset({"confirm"}),
    "people:factor_demands": EVERYTHING,
    "people:factor_remove": EVERYTHING,
    "people:guard_release": EVERYTHING,
    "people:ldap_take_in": EVERYTHING,
    "people:link": EVERYTHING,
    "people:role_confirm": EVERYTHING,
    "people:role_grant": EVERYTHING,
    "people:roles_proposed": EVERYTHING,
    "people:roles_waiting": EVERYTHING,
    "people:scim_adopt": EVERYTHING,
    "people:sight_confirm": EVERYTHING,
    "people:staff_end": EVERYTHING,
    "people:staff_link": EVERYTHING,
    "people:staff_rejoin": EVERYTHING,
    "people:staff_reset": EVERYTHING,
    "people:staff_resume": EVERYTHING,
    "people:threshold_decide": frozenset({"confirm"}),
    "people:unlink": EVERYTHING,
    "portal:settle": EVERYTHING,
    "rights:approve_all": EVERYTHING,
    "rights:package_look": EVERYTHING,
    "rights:story_export": EVERYTHING,
    "rights:package_hand": EVERYTHING,
    "rights:verb": frozenset({"approve"}),
    "rulebook:defaults_approve": EVERYTHING,
    "rulebook:field_verb": frozenset({"activate", "lower", "lower-confirm"}),
    "rulebook:notice_approve": EVERYTHING,
    "rulebook:policy_approve": EVERYTHING,
    "rulebook:purpose_verb": frozenset({"activate", "approve"}),
    "rulebook:region_approve": EVERYTHING,
    "vault:index_rebuild": EVERYTHING,
    "vault:rotate": EVERYTHING,
    "vault:suite_decide": frozenset({"confirm"}),
    "vault:suite_propose": EVERYTHING,
}
SOUNDS = re.compile(
    r"(^|[:#_-])(approve|accept|activate|adopt|bind|confirm|enable|lift|lower|release|renew|resume|rotate)($|[_-])"
)
HARMLESS = {
    "access:client_ask#rotate": "asks for a new token; another person approves it",
    "access:webhook_decide#enable": "wakes an approved address that rested",
    "drafts:resume": "leads back to a form of one's own that is not sent yet",
}
STALE = rules.FRESH_FOR + timedelta(minutes=1)


def asking(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every address with a function behind it that asks, and for which verbs."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            verbs = getattr(pattern.callback, ASKS_AGAIN, None)
            if verbs is not None:
                yield prefix + (pattern.name or ""), verbs
        else:
            yield from asking(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))


def stands(name: str) -> bool:
    """Whether a row of the table of permissions, an address or one of its verbs, is in the list."""
    place, _, verb = name.partition("#")
    return place in DANGEROUS and (not DANGEROUS[place] or verb in DANGEROUS[place])


def test_the_list_is_what_asks() -> None:
    assert dict(asking(get_resolver())) == DANGEROUS


def test_what_sounds_dangerous_is_in_the_list() -> None:
    loud = [name for name, row in ROWS.items() if SOUNDS.search(name) and row.permissions is not None]
    assert [name for name in loud if not stands(name) and name not in HARMLESS] == []
    assert set(HARMLESS) <= set(loud)


def holder(row: Row) -> str:
    """Somebody of the cast who is let in."""
    held = {who: permissions_of(member.roles) for who, member in CAST.items() if member.roles}
    wanted = row.permissions or frozenset()
    return next(who for who, theirs in held.items() if not wanted or wanted & theirs)


def meant() -> Iterator[tuple[str, str, Row]]:
    """Every dangerous verb once: its address, the verb if it has one, and a row that says who is let in."""
    for place, verbs in DANGEROUS.items():
        rows = {name.partition("#")[2]: row for name, row in ROWS.items() if name.partition("#")[0] == place}
        for verb in sorted(verbs) or [""]:
            row = rows.get(verb) or next(iter(rows.values()))
            yield (
                place,
                verb,
                replace(row, kwargs={**row.kwargs, "verb": verb}) if "verb" in row.kwargs else row,
            )


@pytest.mark.django_db
def test_an_old_proof_does_none_of_them(world: World) -> None:
    rules_in_force(world)
    browsers: dict[str, Client] = {}
    done = []
    for place, verb, row in meant():
        who = holder(row)
        if who not in browsers:
            browsers[who] = world.signed_in(Client(), who)
            note_proof(browsers[who], age=STALE)
        answer = browsers[who].post(address(place, row), {"verb": verb})
        if answer.status_code != 403 or "这是重要操作" not in answer.content.decode():
            done.append(f"{place} {verb} by {who}: {answer.status_code}")
    assert done == []
