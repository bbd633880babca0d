"""Consent records read as JSON-LD: every term is one of the listed vocabularies; no value of a field is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.core.text import Text
from shouxin.customers.consents import exporting, pages, services
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.rules import Box
from shouxin.customers.consents.services import How
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import PHONE, Register

MARKETING = "marketing"
LISTED = Path(__file__).parents[4] / "docs/formats/consent-records.md"


def decide_twice(register: Register) -> None:
    me, now = customer_actor(register["li"]), clock.now()
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    how = How(Channel.PORTAL)
    services.decide(
        actor=me, customer=me.id, shown=page.sha256, ticked=frozenset({"general"}), how=how, now=now
    )
    services.withdraw(actor=me, customer=me.id, purpose=MARKETING, how=how, now=clock.now())


def listed() -> dict[str, str]:
    """Each term of the list with its kind."""
    rows = re.findall(r"^\| `((?:dpv|dct|xsd):\w+)` \| (\w+) \| .+ \|$", LISTED.read_text(), re.MULTILINE)
    return dict(rows)


def terms(document: Any, context: dict[str, Any]) -> set[str]:
    """Every term of a vocabulary in the document: as a key, as a type, and where the context says a value is one."""
    if isinstance(document, list):
        return {term for one in document for term in terms(one, context)}
    if not isinstance(document, dict):
        return set()
    found = set()
    for key, value in document.items():
        if key == "@context":
            continue
        if key == "@type":
            found.add(value)
        elif not key.startswith("@"):
            found.add(key)
            kind = context.get(key, {}).get("@type", "")
            if kind == "@id":
                found.add(value)
            elif kind:
                found.add(kind)
        found |= terms(value, context)
    return found


@pytest.mark.django_db(transaction=True)
def test_records_parse_and_every_term_is_listed(register: Register, client: Client) -> None:
    decide_twice(register)
    text = json.dumps(exporting.records(register["li"], "zh-hans", clock.now()), ensure_ascii=False)
    document = json.loads(text)
    context, graph = document["@context"], document["@graph"]
    used = terms(document, context)
    assert used <= set(listed())
    assert all(term.split(":")[0] in context for term in used)

    general = next(one for one in graph if len(one["dpv:hasRecordOfActivity"]) == 2)
    assert general["@type"] == "dpv:ConsentRecord"
    assert general["dpv:hasConsentStatus"] == "dpv:ConsentWithdrawn"
    assert [event["dpv:hasConsentStatus"] for event in general["dpv:hasRecordOfActivity"]] == [
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
    ]
    assert general["dpv:hasNotice"]["dct:identifier"].startswith("sha256:")
    assert general["dpv:hasDataController"]["dpv:hasContact"]
    assert {one["dct:identifier"] for one in general["dpv:hasProcess"]["dpv:hasPersonalData"]} >= {"mobile"}
    assert PHONE not in text
    assert "李小明" not in text

    entry = general["dpv:hasRecordOfActivity"][0]["dct:source"].removeprefix("urn:uuid:")
    receipt = exporting.receipt(register["li"], entry, "en", clock.now())
    assert receipt is not None
    assert {one["@type"] for one in receipt["@graph"]} == {"dpv:ConsentReceipt"}
    assert {one["dpv:hasConsentStatus"] for one in receipt["@graph"]} == {
        "dpv:ConsentGiven",
        "dpv:ConsentRefused",
    }
    assert exporting.receipt(register["zhang"], entry, "en", clock.now()) is None

    register.world.signed_in(client, "clerk")
    answer = client.post(f"/customers/{register['li']}/consents/records/")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert len(answer.json()["@graph"]) == len(graph)
    assert timeline(register["li"], limit=1)[0].event == "consent.exported"
    assert client.post(f"/customers/{register['service']}/consents/records/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_a_newer_page_asks_no_longer_ends_with_evidence(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, asked, how = customer_actor(register["li"]), pages.boxes_of, How(Channel.PORTAL)
    more = Box("sensitive", "birth_date", Text("单独同意", "Agreed to by itself"), ("birth_date",))

    def choose(*keys: str) -> None:
        now = clock.now()
        monkeypatch.setattr(pages, "_last", {})  # the rules are not the same any more
        page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
        services.decide(actor=me, customer=me.id, shown=page.sha256, ticked=frozenset(keys), how=how, now=now)

    monkeypatch.setattr(pages, "boxes_of", lambda purpose: (*asked(purpose), more))
    choose("general", more.key)
    monkeypatch.setattr(pages, "boxes_of", asked)
    choose("general")

    graph = exporting.records(me.id, "zh-hans", clock.now())["@graph"]
    told = [
        [event["dpv:hasConsentStatus"] for event in one["dpv:hasRecordOfActivity"]]
        for one in graph
        if [data["dct:identifier"] for data in one["dpv:hasProcess"]["dpv:hasPersonalData"]] == ["birth_date"]
    ]
    assert told == [["dpv:ConsentGiven", "dpv:ConsentRefused"]]
    lapsed = next(line for line in timeline(me.id) if line.event == "consent.lapsed")
    assert lapsed.data["lapsed"] == [more.key]
    assert "出生日期" in lapsed.sentence("zh-hans")


@pytest.mark.django_db(transaction=True)
def test_the_list_holds_what_is_written_and_each_term_is_used_as_its_kind(register: Register) -> None:
    """The kinds are those of the vocabularies; see the list for the text that they were compared with."""
    kinds = listed()
    assert set(kinds.values()) == {"class", "property", "datatype"}
    written = set(
        re.findall(r'"((?:dpv|dct|xsd):\w+)"', Path(exporting.__file__).read_text(encoding="utf-8"))
    )
    assert written == set(kinds)
    assert exporting.CONTEXT["dpv"] == "https://w3id.org/dpv#"
    decide_twice(register)
    for document in (
        exporting.records(register["li"], "zh-hans", clock.now()),
        exporting.receipt(register["li"], timeline(register["li"], limit=1)[0].id, "en", clock.now()),
    ):
        assert document
        used = dict(uses(document, document["@context"]))
        assert used
        assert used == {term: kinds[term] for term in used}
    named = {*exporting.STATUS.values(), exporting.EXPIRED, "dpv:Consent"}
    assert {kinds[term] for term in named} == {"class"}


def uses(document: Any, context: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every term in the document with the kind that its place asks for."""
    for one in document if isinstance(document, list) else [document]:
        for key, value in one.items() if isinstance(one, dict) else ():
            if key == "@context":
                continue
            if key == "@type":
                yield value, "class"
            elif not key.startswith("@"):
                yield key, "property"
                if context.get(key, {}).get("@type") == "@id":
                    yield value, "class"
            if isinstance(value, list | dict):
                yield from uses(value, context)
