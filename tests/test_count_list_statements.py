"""A list asks the database as often for many rows as for few: every list of the console, over one filled world."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouxin.access.clients.models import ApiClient
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants.models import StandingGrant
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.reviews.models import Review
from shouxin.access.webhooks.models import Endpoint
from shouxin.customers.duplicates.models import SuspectedPair
from shouxin.customers.promises.models import Promise
from shouxin.customers.quality.models import Standing
from shouxin.kit import clock, lists
from shouxin.people.guarding.models import Source
from shouxin.people.models import Staff
from shouxin.rights.cases.models import Case
from shouxin.rights.feedback.models import Feedback
from tests.many_rows import Many
from tests.register import SALES, Register
from tests.world import World

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 60
# Whose list it is, by address; each shows rows that `Many` makes.
LISTS: dict[str, str] = {
    "/customers/": "clerk",
    "/customers/bulk/": "clerk",
    "/customers/messages/": "officer",
    "/customers/refresh/": "clerk",
    "/customers/outside/": "clerk",
    "/customers/supplies/": "officer",
    "/customers/imports/": "officer",
    "/customers/promises/?show=open": "clerk",
    "/customers/duplicates/": "clerk",
    "/customers/duplicates/merges/": "clerk",
    "/customers/cleanup/": "clerk",
    "/customers/handover/": "sales_head",
    "/customers/handover/?show=waiting": "sales_head",
    "/customers/handover/incoming/": "clerk",
    "/customers/collection/": "officer",
    "/customers/collection/report/": "officer",
    "/customers/forms/": "officer",
    "/customers/public-forms/": "officer",
    "/rights/feedback/": "officer",
    "/people/staff/": "system_admin",
    "/people/departures/": "system_admin",
    "/rules/policies/coverage/": "officer",
    "/people/guard/": "security_admin",
    "/people/security/": "clerk",
    "/notices/": "clerk",
    "/access/grants/": "officer",
    "/access/grants/?state=awaiting": "officer",
    "/access/emergency/": "officer",
    "/access/risk/": "officer",
    "/access/risk/alerts/": "officer",
    "/access/clients/": "officer",
    "/access/webhooks/": "officer",
    "/access/webhooks/deliveries/": "officer",
    "/access/secrets/": "officer",
    "/access/sync/": "officer",
    "/access/reviews/": "officer",
    "/access/reviews/?state=awaiting": "officer",
}
# Lists whose rows are there from the start or made by nobody here: rule packs, the journal, jobs.
FULL = {
    "/customers/informing/": "officer",
    "/jobs/": "system_admin",
    "/journal/": "audit_admin",
    "/rights/": "officer",
    "/rules/bases/": "officer",
    "/rules/fields/": "officer",
    "/rules/law/": "officer",
    "/rules/purposes/": "officer",
    "/rules/recipients/": "officer",
    "/rules/retention/": "officer",
}
# Some hundred rows at most, whatever the organisation does: sorted without an index.
SMALL = frozenset({"bases", "fields", "informing", "law", "purposes", "recipients", "retention"})

TABLES: dict[str, type[Model]] = {
    "api-clients": ApiClient,
    "duplicates": SuspectedPair,
    "emergencies": EmergencyAccess,
    "grants": StandingGrant,
    "guarded-sources": Source,
    "handover": Staff,
    "policy-coverage": Staff,
    "promises": Promise,
    "refresh": Standing,
    "reviews": Review,
    "rights-cases": Case,
    "rights-feedback": Feedback,
    "risk-alerts": RiskAlert,
    "risk-marks": RiskMark,
    "staff": Staff,
    "webhooks": Endpoint,
}


def browsers(world: World) -> dict[str, Client]:
    found = {who: world.signed_in(Client(), who) for who in {*LISTS.values(), *FULL.values()}}
    for who in ("clerk", "sales_head"):
        found[who].post("/purpose/", {"purpose": SALES})
    return found


def test_many_rows_cost_as_many_statements_as_few(register: Register) -> None:
    world = Many(register, clock.now())
    readers = browsers(register.world)
    contract = f"/customers/supplies/{world.contract}/"
    every = {**LISTS, contract: "officer"}
    world.more(FEW)
    for address, who in every.items():
        readers[who].get(address)  # what a process reads once is read
    few = {address: asked(readers[who], address) for address, who in every.items()}
    world.more(MANY - FEW)
    many = {address: asked(readers[who], address) for address, who in every.items()}
    worse = {
        address: (few[address][0], many[address][0])
        for address in every
        if few[address][0] != many[address][0]
    }
    assert not worse, worse
    unfilled = [address for address in every if many[address][1] <= few[address][1]]
    assert not unfilled, unfilled  # else it counted nothing
    for address, who in FULL.items():
        readers[who].get(address)
        short, long = (asked(readers[who], f"{address}?all=1&size={size}") for size in (20, 100))
        assert short[0] == long[0], address


def test_every_list_is_arranged_and_kept_as_its_reader_likes(register: Register) -> None:
    """Without its columns, narrowed to what it does not know, from behind a row that is not there: each still opens."""
    readers = browsers(register.world)
    opened = {address.split("?", maxsplit=1)[0]: who for address, who in {**LISTS, **FULL}.items()}
    for listed in lists.known.values():
        home = reverse(listed.url_name)
        client = readers[opened[home]]
        client.post(f"/lists/{listed.key}/look/", {"size": "20"})
        for sort in listed.sorts:
            address = f"{home}?all=1&sort={sort.key}"
            for one in (
                address,
                f"{address}&after={uuid4()}",
                f"{address}&before=12345",
                f"{address}&after=%27",
            ):
                assert client.get(one).status_code == 200, one
        page = client.get(address)
        assert page.context["list_shown"] == set(), home
        chosen = {one.key: one.choices[-1][0] for one, _value in page.context["list_form"] if one.choices}
        if chosen:
            kept = client.post(f"/lists/{listed.key}/filters/", {"name": "试", **chosen})
            page = client.get(kept["Location"])
            assert page.status_code == 200, home
            assert page.context["asked"].chosen.name == "试", home


def test_every_list_that_can_be_arranged_is_counted() -> None:
    homes = {reverse(listed.url_name) for listed in lists.known.values()}
    assert homes <= {address.split("?", maxsplit=1)[0] for address in (*LISTS, *FULL)}


def test_every_order_of_a_list_has_an_index() -> None:
    """Sorted by a column, a list is walked along an index in which nothing stands before it but what it is of."""
    lacking = []
    for listed in lists.known.values():
        for sort in listed.sorts:
            if sort.column and listed.key not in {
                "customers",
                *SMALL,
            }:  # that list has a test of its own plans
                table = TABLES[listed.key]._meta.db_table
                if not any(re.search(rf"\((\w+_id, )?{sort.column}\b", one) for one in indexes(table)):
                    lacking.append((listed.key, sort.column))
    assert not lacking, lacking


def indexes(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s", [table])
        return [row[0] for row in cursor.fetchall()]


def asked(client: Client, address: str) -> tuple[int, int]:
    """How many statements the page asks, and how many rows it has."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    page = answer.content.decode()
    return len(captured), page.count("<tr") + page.count("<li")
