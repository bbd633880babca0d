"""Nothing the person reads of an answer says that something is kept secret: letter, portal and package are the same."""

import re

import pytest
from django.db import transaction
from django.test import Client

from shouxin.core.policy import service_actor
from shouxin.core.text import Text
from shouxin.customers.registry import services as registry
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, holdings
from shouxin.kit.holdings import Asking
from shouxin.portal.entering import services as entering
from shouxin.portal.entering.doors import SESSION
from shouxin.portal.entering.models import Way
from shouxin.rights import secrecy
from shouxin.rights.cases import answering, foreseeing, presenting, rules
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.foreseeing import Law
from shouxin.rights.cases.forms import AnswerForm
from shouxin.rights.cases.models import Case, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import in_hand
from tests.register import FOOTING, Register, kept

pytestmark = pytest.mark.django_db
ARTICLE = Text("反洗钱法 第7条", "AML")


@pytest.mark.parametrize("kind", [Kind.KNOW, Kind.ACCESS, Kind.COPY, Kind.PORT, Kind.DECEASED])
def test_secrecy_is_no_reason_that_anybody_is_told(kind: Kind) -> None:
    """By itself it says that something is kept secret; what is, is left out of what is granted anyway."""
    row = Case(kind=kind, wish="access" if kind is Kind.DECEASED else "")
    offered = AnswerForm(case=row).fields["reason"].choices  # type: ignore[attr-defined] # a ChoiceField
    assert "保密" not in str(list(offered))
    assert rules.SECRECY not in rules.reasons_for(kind, row.act)


def test_an_answer_reads_the_same_with_and_without_what_is_secret(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field in use stands in for those that no purpose of the default rules collects."""
    monkeypatch.setattr(secrecy, "DUTIES", {**secrecy.DUTIES, "email": ARTICLE})
    me = entered(register)
    before = seen(me, register, granted(register))
    registry.edit(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        footing=FOOTING,
        values=kept({"email": "secret@example.cn"}),
        revision=1,
        now=clock.now(),
    )
    assert seen(me, register, granted(register)) == before


def test_what_was_answered_with_secrecy_before_reads_as_granted(register: Register) -> None:
    """The person reads no more than where nothing is secret; staff see the article."""
    world, me, now = register.world, entered(register), clock.now()
    before = seen(me, register, granted(register))
    row, said = in_hand(register, Kind.KNOW), Answer(Outcome.PARTLY, "excessive", "见告知书")
    answering.propose(actor=world.actor("clerk"), case=row.id, answer=said, now=now)
    Case.objects.filter(id=row.id).update(reason=rules.SECRECY)  # as it could be proposed before
    row = answering.approve(actor=world.actor("officer"), case=row.id, now=now)
    assert (row.outcome, row.reason) == (Outcome.PARTLY, "secrecy")
    assert seen(me, register, row) == before
    li, known = [register["li"]], secrecy.told()
    asking = Asking(service_actor("rights"), secrecy.PURPOSE, li, known, "access_package", now)
    kept_of = next(list(rows) for one, rows in holdings.of(asking) if one.key == "rights_case")
    assert [one.said["outcome"] for one in kept_of] == ["granted", "granted"]
    page = register.world.signed_in(Client(), "officer").get(f"/rights/{row.id}/").content.decode()
    assert "第45条第1款" in page


def test_a_deletion_that_keeps_only_what_is_secret_reads_as_granted(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, now = in_hand(register, Kind.DELETE), clock.now()
    first = foreseeing.foresee(row, now)[0].group
    law = rules.retained("statutory minimum", 10, "year", "反洗钱法34", "relationship_end")
    assert law is not None
    monkeypatch.setattr(foreseeing, "_laws_of_groups", lambda: {first: [Law(law, frozenset())]})
    answering.propose(
        actor=register.world.actor("clerk"), case=row.id, answer=Answer(Outcome.PARTLY, "retention"), now=now
    )
    row = answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    assert "第47条第2款" in presenting.letter(row, "", "zh-hans")["article"]
    found = rulebooks["rulebook"].fields().values()
    monkeypatch.setattr(secrecy, "DUTIES", {one.key: ARTICLE for one in found if one.storage_group == first})
    letter = presenting.letter(row, "", "zh-hans")
    told = [letter["case"].outcome, letter["reason"], letter["article"], letter["redress"]]
    assert told == ["granted", "", "", []]
    answered = [line["text"] for line in presenting.history(row) if "答复" in line["text"]]
    assert answered == ["答复申请人：同意"]


def granted(register: Register) -> Case:
    row, now = in_hand(register, Kind.KNOW), clock.now()
    said = Answer(Outcome.GRANTED, "", "见告知书")
    row = answering.propose(actor=register.world.actor("clerk"), case=row.id, answer=said, now=now)
    assert row.state == State.ANSWERED
    return row


def entered(register: Register) -> Client:
    me = Client()
    with transaction.atomic():
        me.cookies[SESSION] = entering.begin(register["li"], Way.INVITATION, clock.now())
    return me


def seen(me: Client, register: Register, row: Case) -> list[str]:
    """What the person is shown of an answer, but for its number, the hour and what changes with every page."""
    letter = register.world.signed_in(Client(), "officer").get(f"/rights/{row.id}/letter/")
    pages = [letter.content.decode(), me.get(f"/my/requests/{row.id}/").content.decode()]
    assert all("见告知书" in page for page in pages)
    found = []
    for page in pages:
        main = (
            page[page.index("<main") : page.index("</main>")].replace(row.number, "").replace(str(row.id), "")
        )
        found.append(re.sub(r'value="[^"]{30,}"|\d\d:\d\d', "", main))
    return found
