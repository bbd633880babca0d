"""Deleting a single value: gone with history and indexes unless a law keeps it; told, and held unseen for inquiries."""

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from shouxin.core.crypto.indexes import code_of
from shouxin.core.policy import service_actor
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import timeline
from shouxin.kit import clock, holdings
from shouxin.kit.holdings import Asking
from shouxin.rights import secrecy
from shouxin.rights.cases import answering, doing, foreseeing, presenting, rules
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Deed, Kind, Outcome, Requester, State
from shouxin.rights.cases.tests.cast import filed, in_hand
from shouxin.rights.tracing.queries import story
from tests.register import FOOTING, PHONE, Register, kept

pytestmark = pytest.mark.django_db
GRANTED = Answer(Outcome.GRANTED)
WRONG = "13800001111"


def decided(register: Register, case: Case, answer: Answer = GRANTED) -> Case:
    now = clock.now()
    answering.propose(actor=register.world.actor("clerk"), case=case.id, answer=answer, now=now)
    return answering.approve(actor=register.world.actor("officer"), case=case.id, now=now)


def told(register: Register) -> str:
    """Everything that is kept of the person, earlier values too."""
    asking = Asking(
        service_actor("rights"),
        secrecy.PURPOSE,
        [register["li"]],
        secrecy.told(),
        "access_package",
        clock.now(),
    )
    return str(
        [row.said for table, rows in holdings.of(asking) for row in rows if table.key == "customers_record"]
    )


def counted(statement: str, *parameters: UUID | str | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.fetchone()[0])


def tokens(register: Register) -> int:
    return counted(
        "SELECT count(*) FROM vault_search_token WHERE customer_id = %s AND field = %s",
        register["li"],
        code_of("mobile"),
    )


def version(register: Register) -> int:
    group = rulebooks["rulebook"].fields()["mobile"].storage_group
    return counted(
        "SELECT version FROM vault_data_key WHERE customer_id = %s AND storage_group = %s",
        register["li"],
        group,
    )


def test_a_value_goes_with_its_history_its_indexes_and_its_key_and_the_rest_stays(register: Register) -> None:
    revision = Customer.objects.get(id=register["li"]).revision
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=revision,
        values=kept({"mobile": WRONG}),
        now=clock.now(),
    )
    assert PHONE in told(register)
    assert WRONG in told(register)
    assert tokens(register)
    before = version(register)
    row = in_hand(register, Kind.DELETE, fields=["mobile"])
    head = Client()
    register.world.signed_in(head, "clerk")
    page = head.get(f"/rights/{row.id}/").content.decode()
    assert "只删除这些项目" in page
    assert "手机号码" in page
    row = decided(register, row)
    assert (row.state, row.deeds.get().what) == (State.WATCHING, "pending")
    assert doing.settle(now=clock.now()) == 1
    assert WRONG not in told(register)
    assert PHONE not in told(register)
    assert "李小明" in told(register)
    assert not tokens(register)
    assert version(register) == before + 1  # the key that opened what was there is no more
    row.refresh_from_db()
    deed = row.deeds.get()
    assert (row.state, deed.what, deed.field) == (State.ANSWERED, "erased", "mobile")
    assert Customer.objects.get(id=register["li"]).revision == revision + 2
    line = next(one for one in timeline(register["li"]) if one.event == "value.erased")
    assert line.data["fields"] == ["mobile"]
    assert not {PHONE, WRONG} & set(map(str, line.data.values()))
    letter = presenting.letter(row, "", "zh-hans")
    assert letter["deeds"][0]["what"] == "已删除"
    assert letter["wanted_gone"]


def test_what_a_law_keeps_is_refused_with_its_article_and_the_rest_goes(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = rules.retained("statutory minimum", 5, "year", "反洗钱法34", "relationship_end")
    known = dict(rulebooks["rulebook"].fields())
    known["id_number"] = replace(known["id_number"], retention_rule="R-TEST")
    monkeypatch.setattr(foreseeing, "rulebooks", {"rulebook": SimpleNamespace(fields=lambda: known)})
    monkeypatch.setattr(foreseeing, "_laws", lambda: {"R-TEST": law})
    row = in_hand(register, Kind.DELETE, fields=["id_number", "home_address"])
    with pytest.raises(CaseProblem, match="retained"):
        decided(register, row)
    row = decided(register, row, Answer(Outcome.PARTLY, "retention"))
    doing.settle(now=clock.now())
    found = dict(row.deeds.values_list("field", "what"))
    assert found == {"id_number": Deed.What.GOES_ON, "home_address": Deed.What.ERASED}
    assert "中关村" not in told(register)
    kept = row.deeds.get(field="id_number")
    assert (kept.article, kept.begins, kept.until) == ("反洗钱法34", "relationship_end", None)


def test_an_inquiry_holds_a_value_and_shows_nowhere(register: Register) -> None:
    inquiry = filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    row = decided(register, in_hand(register, Kind.DELETE, fields=["home_address"]))
    doing.settle(now=clock.now())
    assert "中关村" in told(register)
    assert row.deeds.get().what == "held"
    (said,) = presenting.letter(row, "", "zh-hans")["deeds"]
    assert (said["what"], said["article"]) == ("待删除", foreseeing.DELETE_ARTICLE)
    Case.objects.filter(id=inquiry.id).update(state="withdrawn", closed_at=clock.now())
    assert doing.settle(now=clock.now()) == 1
    assert "中关村" not in told(register)


def test_an_inquiry_that_begins_after_the_answer_holds_what_is_not_gone_yet(register: Register) -> None:
    row = decided(register, in_hand(register, Kind.DELETE, fields=["home_address"]))
    assert row.deeds.get().what == "pending"
    inquiry = filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    assert doing.settle(now=clock.now()) == 0
    assert "中关村" in told(register)
    assert row.deeds.get().what == "held"
    assert "rights.held_back" in {one.event for one in timeline(register["li"])}
    assert "rights.held_back" not in {one.line.event for one in story([register["li"]], for_person=True)}
    Case.objects.filter(id=inquiry.id).update(state="withdrawn", closed_at=clock.now())
    assert doing.settle(now=clock.now()) == 1
    assert "中关村" not in told(register)


def test_groups_that_wait_are_held_by_an_inquiry_too(register: Register) -> None:
    row = decided(register, in_hand(register, Kind.DELETE))
    assert set(row.deeds.values_list("what", flat=True)) == {"waiting"}
    filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY)
    doing.settle(now=clock.now())
    assert set(row.deeds.values_list("what", flat=True)) == {"held"}


def test_what_a_law_keeps_by_now_is_not_erased_after_all(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = decided(register, in_hand(register, Kind.DELETE, fields=["id_number", "home_address"]))
    law = rules.retained("statutory minimum", 5, "year", "反洗钱法34", "relationship_end")
    known = dict(rulebooks["rulebook"].fields())
    known["home_address"] = replace(known["home_address"], retention_rule="R-TEST")
    monkeypatch.setattr(foreseeing, "rulebooks", {"rulebook": SimpleNamespace(fields=lambda: known)})
    monkeypatch.setattr(foreseeing, "_laws", lambda: {"R-TEST": law})
    assert doing.settle(now=clock.now()) == 1
    assert "中关村" in told(register)
    kept = row.deeds.get(field="home_address")
    assert (kept.what, kept.article, kept.begins) == ("goes_on", "反洗钱法34", "relationship_end")
    assert row.deeds.get(field="id_number").what == "erased"


def test_single_values_are_asked_for_by_themselves(register: Register) -> None:
    first = filed(register, Kind.DELETE, fields=["mobile"])
    assert filed(register, Kind.DELETE, fields=["mobile"]).repeats == first.case
    assert filed(register, Kind.DELETE, fields=["home_address"]).repeats is None
    assert filed(register, Kind.DELETE).repeats is None
    with pytest.raises(CaseProblem, match="unsuitable"):
        filed(register, Kind.DELETE, fields=["aml_risk_rating"])
    with pytest.raises(CaseProblem, match="unsuitable"):
        filed(register, Kind.DELETE, fields=["mobile"], customer=None)
    clerk = Client()
    register.world.signed_in(clerk, "clerk")
    address = f"/rights/customers/{register['li']}/new/"
    assert 'name="fields_only"' in clerk.get(address).content.decode()
    said = {
        "kind": "access",
        "channel": "counter",
        "requester": "self",
        "text": "请删除",
        "fields_only": ["email"],
    }
    assert "只有要求删除才选" in clerk.post(address, said | {"fields_only": ["mobile"]}).content.decode()
    clerk.post(address, said | {"kind": "delete", "fields_only": ["id_number", "mobile"]})
    assert Case.objects.filter(fields=["id_number", "mobile"]).exists()


def test_what_is_closed_already_is_not_singled_out(register: Register) -> None:
    single = in_hand(register, Kind.DELETE, fields=["mobile"])
    decided(register, in_hand(register, Kind.DELETE))
    with pytest.raises(CaseProblem, match="closed"):
        decided(register, single)
