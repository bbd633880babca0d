"""What a granted request does: at once, no further than the law lets it, and never pretending to have destroyed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from shouxin.core.policy import Action, GroupState, customer_actor, service_actor
from shouxin.customers.consents import queries as consent_queries
from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Channel as Door
from shouxin.customers.registry.models import Customer, Method, Record, RecordKind
from shouxin.customers.registry.models import Kind as CustomerKind
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import timeline
from shouxin.kit import clock, holdings
from shouxin.kit.holdings import Asking, Row
from shouxin.rights import secrecy
from shouxin.rights.cases import answering, doing, foreseeing, presenting, queries, rules, services, starting
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.foreseeing import Law
from shouxin.rights.cases.models import Case, Check, Deed, Kind, Outcome, Pause, Proof, Requester, State
from shouxin.rights.cases.starting import Dates
from shouxin.rights.cases.tests.cast import PNG, filed, in_hand
from shouxin.rights.packages import services as packages
from shouxin.rights.tracing.queries import story
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from tests.register import SALES, Register, kept

pytestmark = pytest.mark.django_db
GRANTED = Answer(Outcome.GRANTED)


def propose(register: Register, case: Case, answer: Answer, who: str = "clerk") -> Case:
    return answering.propose(actor=register.world.actor(who), case=case.id, answer=answer, now=clock.now())


def approve(register: Register, case: Case, who: str = "officer") -> Case:
    return answering.approve(actor=register.world.actor(who), case=case.id, now=clock.now())


def test_withdrawing_and_objecting_hold_at_once(register: Register) -> None:
    decided(register, "general")
    assert consent_queries.consenting(MARKETING, [register["li"]], clock.now())
    row = propose(register, in_hand(register, Kind.WITHDRAW, purposes=[MARKETING]), GRANTED)
    assert row.state == State.ANSWERED
    assert not consent_queries.consenting(MARKETING, [register["li"]], clock.now())
    with pytest.raises(CaseProblem, match="no-consent"):
        propose(register, in_hand(register, Kind.WITHDRAW, purposes=[SALES]), GRANTED)
    objected = in_hand(register, Kind.OBJECT, purposes=[SALES], who="officer")
    assert propose(register, objected, GRANTED, "officer").state == State.ANSWERED
    assert [one.purpose for one in consent_queries.refusals(register["li"])] == [SALES]
    assert set(Deed.objects.values_list("what", flat=True)) == {"withdrawn", "stopped"}


def test_what_the_law_demands_goes_on_and_is_named(register: Register) -> None:
    row = in_hand(register, Kind.RESTRICT, purposes=[SALES, "individual_rights"])
    with pytest.raises(CaseProblem, match="goes-on"):
        propose(register, row, GRANTED)
    assert not consent_queries.refusals(register["li"]).exists()
    row = propose(register, row, Answer(Outcome.PARTLY, "contract"))
    assert row.state == State.DECIDING
    assert consent_queries.refusals(register["li"]).count() == 1  # holds before anybody approves the answer
    assert approve(register, row).state == State.ANSWERED
    assert row.deeds.get(what="goes_on").article


def test_a_correction_is_granted_by_having_made_it(register: Register) -> None:
    row = in_hand(register, Kind.CORRECT, fields=["home_address"])
    with pytest.raises(CaseProblem, match="not-yet"):
        propose(register, row, GRANTED)
    clerk = register.world.actor("clerk")
    registry.edit(
        actor=clerk,
        footing=Footing(SALES, Door.SERVICE, Method.HAND),
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values=kept({"home_address": "北京市朝阳区建国路1号"}),
        now=clock.now(),
    )
    assert propose(register, row, GRANTED).state == State.ANSWERED


@pytest.mark.parametrize("kind", list(Kind))
def test_a_refusal_says_why_by_which_article_and_what_can_be_done(register: Register, kind: Kind) -> None:
    who = {Kind.INQUIRY: Requester.AUTHORITY, Kind.DECEASED: Requester.RELATIVE}.get(kind, Requester.SELF)
    row = in_hand(register, kind, who="officer", requester=who)
    for method in sorted(rules.STANDING_OF[who]):
        services.check(
            actor=register.world.actor("officer"), case=row.id, method=Check.Method(method), now=clock.now()
        )
    fitting = sorted(rules.reasons_for(kind, row.act).keys() - {"retention", "port_conditions", "arranged"})
    foreign = next(key for key in rules.REASONS if key not in rules.reasons_for(kind, row.act))
    for reason in ("", "because", foreign):
        with pytest.raises(CaseProblem, match=r"reason\.unsuitable"):
            propose(register, row, Answer(Outcome.REFUSED, reason, "不行"), "officer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=row.id).update(outcome="refused", reason="")
    row = propose(register, row, Answer(Outcome.REFUSED, fitting[0], "说明如下"), "officer")
    assert row.state == State.DECIDING
    row = approve(register, row, "sales_head")
    letter = presenting.letter(row, "", "zh-hans")
    assert letter["reason"] == rules.REASONS[fitting[0]].text.zh
    assert "第" in letter["article"]
    assert [text for text in letter["redress"] if "第65条" in text or "法院" in text]
    told = register.world.signed_in(Client(), "officer").get(f"/rights/{row.id}/letter/").content.decode()
    for said in (letter["reason"], letter["article"], *letter["redress"]):
        assert said in told


def test_what_repeats_or_is_unproved_is_never_approved(register: Register) -> None:
    first, again = filed(register, Kind.ACCESS), filed(register, Kind.ACCESS)
    assert again.repeats == first.case
    clerk, now = register.world.actor("clerk"), clock.now()
    with pytest.raises(CaseProblem, match=r"case\.step"):
        services.take(actor=clerk, case=again.case.id, now=now)
    Case.objects.filter(id=again.case.id).update(handler=clerk.id)
    for answer in (GRANTED, Answer(Outcome.REFUSED, "excessive")):
        with pytest.raises(CaseProblem, match=r"case\.step"):
            propose(register, again.case, answer)
    with pytest.raises(CaseProblem, match=r"case\.step"):
        answering.approve(actor=register.world.actor("officer"), case=again.case.id, now=now)
    row = services.take(actor=clerk, case=first.case.id, now=now)
    with pytest.raises(CaseProblem, match="unproved"):
        propose(register, row, Answer(Outcome.GRANTED, "", "给"))
    for change in ({"outcome": "granted"}, {"state": "answered", "outcome": "granted", "closed_at": now}):
        for case in (row.id, again.case.id):
            with pytest.raises(DatabaseError), transaction.atomic():  # whatever code tries it
                Case.objects.filter(id=case).update(**change)


def changed(register: Register, **values: str) -> None:
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=Footing(SALES, Door.SERVICE, Method.HAND),
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values=kept(values),
        now=clock.now(),
    )


def test_a_correction_follows_the_fields_that_were_asked_about(register: Register) -> None:
    row = in_hand(register, Kind.CORRECT, fields=["home_address", "email"])
    changed(register, mobile="13812340000")  # something else
    for answer in (GRANTED, Answer(Outcome.PARTLY, "accurate")):
        with pytest.raises(CaseProblem, match="not-yet"):
            propose(register, row, answer)
    changed(register, home_address="北京市朝阳区建国路1号")
    with pytest.raises(CaseProblem, match="not-yet"):  # one of two is no whole correction
        propose(register, row, GRANTED)
    assert propose(register, row, Answer(Outcome.PARTLY, "accurate")).state == State.DECIDING


def test_a_correction_of_nothing_named_needs_the_field_or_the_handler_s_word(register: Register) -> None:
    row = in_hand(register, Kind.CORRECT)
    changed(register, home_address="北京市朝阳区建国路1号")
    with pytest.raises(CaseProblem, match="which"):
        propose(register, row, GRANTED)
    with pytest.raises(CaseProblem, match="not-yet"):
        propose(register, row, Answer(Outcome.GRANTED, corrected=["email"]))
    done = propose(register, row, Answer(Outcome.GRANTED, corrected=["home_address"]))
    assert (done.state, done.fields) == (State.ANSWERED, ["home_address"])
    other, said = in_hand(register, Kind.SUPPLEMENT), "纸质合同上的称呼已改，随信寄出。"
    with pytest.raises(CaseProblem, match=r"answer\.empty"):
        propose(register, other, Answer(Outcome.GRANTED, stated=True))
    with pytest.raises(CaseProblem, match="not-stated"):
        propose(register, other, Answer(Outcome.REFUSED, "accurate", said, stated=True))
    refused = propose(register, other, Answer(Outcome.REFUSED, "accurate", said, corrected=["email"]))
    assert refused.fields == []  # nothing was corrected
    answering.send_back(actor=register.world.actor("officer"), case=other.id)
    other = propose(register, other, Answer(Outcome.GRANTED, "", said, stated=True))
    assert other.state == State.DECIDING  # rests on a word: somebody else looks at it
    assert approve(register, other).state == State.ANSWERED
    client = register.world.signed_in(Client(), "officer")
    assert "另行更正，依据受理人在答复中的说明" in client.get(f"/rights/{other.id}/").content.decode()


def test_the_answer_s_form_asks_what_was_corrected(register: Register) -> None:
    client, row = register.world.signed_in(Client(), "clerk"), in_hand(register, Kind.CORRECT)
    page = client.get(f"/rights/{row.id}/").content.decode()
    assert 'name="corrected" value="home_address"' in page
    assert 'name="stated"' in page
    said = {"outcome": "granted", "corrected": ["home_address"]}
    refused = client.post(f"/rights/{row.id}/answer/", said)
    assert (refused.status_code, "还没有全部在客户档案中更正" in refused.content.decode()) == (422, True)
    changed(register, home_address="北京市朝阳区建国路1号")
    assert client.post(f"/rights/{row.id}/answer/", said).status_code == 302
    assert Case.objects.get(id=row.id).state == State.ANSWERED


def test_deleting_locks_at_once_and_waits_until_the_keys_are_gone(register: Register) -> None:
    row = in_hand(register, Kind.DELETE)
    foreseen = foreseeing.foresee(row, clock.now())
    assert {one.what for one in foreseen} == {Deed.What.WAITING}
    row = approve(register, propose(register, row, GRANTED))
    assert (row.state, row.closed_at) == (State.WATCHING, None)
    states = vault_queries.states([register["li"]])[register["li"]]
    assert set(states.values()) == {GroupState.LOCKED}
    with pytest.raises(gate.Refused):
        gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.VIEW,
            reason="",
            now=clock.now(),
        )
    assert doing.settle(now=clock.now()) == 0
    assert Case.objects.get(id=row.id).state == State.WATCHING
    groups = [(register["li"], group) for group in states]
    vault.destroy_groups(actor=service_actor("test"), groups=groups[:1], reason="request")
    assert doing.settle(now=clock.now()) == 0
    vault.destroy_groups(actor=service_actor("test"), groups=groups[1:], reason="request")
    assert doing.settle(now=clock.now()) == 1
    row = Case.objects.get(id=row.id)
    assert row.state == State.ANSWERED
    assert not row.deeds.filter(destroyed_at__isnull=True).exists()


def test_a_statutory_period_and_an_inquiry_are_never_overridden(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = in_hand(register, Kind.DELETE)
    first = foreseeing.foresee(row, clock.now())[0].group
    law = rules.retained("statutory minimum", 10, "year", "反洗钱法34", "collection")
    assert law is not None
    fields = frozenset(
        key for key, one in rulebooks["rulebook"].fields().items() if one.storage_group == first
    )
    monkeypatch.setattr(foreseeing, "_laws_of_groups", lambda: {first: [Law(law, fields)]})
    with pytest.raises(CaseProblem, match="retained"):
        propose(register, row, GRANTED)
    inquiry = filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    row = approve(register, propose(register, row, Answer(Outcome.PARTLY, "retention")))
    assert row.state == State.WATCHING
    deed = row.deeds.get(what="sealed_up")
    assert (deed.storage_group, deed.article) == (first, "反洗钱法34")
    collected = rules.local(Customer.objects.get(id=register["li"]).created_at)
    assert deed.until == rules.Period(120, "month").after(collected)
    later = clock.now() + timedelta(days=400)
    assert {one.until for one in foreseeing.foresee(row, later) if one.group == first} == {deed.until}
    assert (deed.begins, deed.lasts) == ("collection", "10 year")
    letter = str(presenting.letter(row, "", "zh-hans"))
    assert "自收集起 10 年" in letter
    assert repr(deed.until) in letter
    told = next(
        one for one in told_of(register, "rights_deed") if one.said["until"] == deed.until.isoformat()
    )
    assert told.said["counted"] == {"zh": "自收集起 10 年", "en": "10 years from this on: collection"}
    assert row.deeds.filter(what="held").count() == row.deeds.count() - 1
    assert inquiry.state == State.RECEIVED
    assert rules.retained("limitation 3y, long stop 20y", 3, "year", "188") is None
    assert rules.retained("statutory permanent", -1, "permanent", "1") == rules.Kept("1", None)


def sealed_up(register: Register, monkeypatch: pytest.MonkeyPatch, start: str) -> Deed:
    """What becomes of one group of 李小明's that a law keeps for ten years counted from `start`."""
    row = in_hand(register, Kind.DELETE)
    first = foreseeing.foresee(row, clock.now())[0].group
    law = rules.retained("statutory minimum", 10, "year", "反洗钱法34", start)
    assert law is not None
    monkeypatch.setattr(foreseeing, "_laws_of_groups", lambda: {first: [Law(law, frozenset())]})
    row = approve(register, propose(register, row, Answer(Outcome.PARTLY, "retention")))
    return row.deeds.get(what="sealed_up")


def contract(register: Register, **values: str) -> None:
    """One more record of 李小明's: a contract, or an order where it has the day of one."""
    kind = RecordKind.ORDER if "order_date" in values else RecordKind.CONTRACT
    number = (
        {"order_no": "CN-2026-7"}
        if "order_date" in values
        else {"contract_no": f"HT-{Record.objects.count()}"}
    )
    record = RecordEntry(kind, kept(number | values))
    registry.store(
        actor=register.world.actor("clerk"),
        footing=Footing(SALES, Door.SERVICE, Method.HAND),
        entries=[CustomerEntry(CustomerKind.PERSON, {}, id=register["li"], records=[record])],
        now=clock.now(),
    )


def test_a_period_counts_from_its_own_begin(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end told is that of the latest contract and order, however long before today; it is told and reminded of."""
    contract(register, contract_end="2019-05-01")
    contract(register, contract_end="2020-03-31", contract_name="另一份")
    contract(register, order_date="2018-01-01")
    deed = sealed_up(register, monkeypatch, "relationship_end")
    assert deed.until == date(2030, 3, 31)
    officer = register.world.actor("officer")
    at = datetime(2030, 2, 1, tzinfo=UTC)
    assert not queries.kept_until(officer, at)
    ((reminded, until),) = queries.kept_until(officer, at + timedelta(days=40))
    assert (reminded.id, until) == (deed.case_id, date(2030, 3, 31))


def test_what_has_no_begin_on_file_has_no_end_either(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract(register, contract_end="2019-05-01")
    contract(register, contract_name="没有写明何时终止")
    deed = sealed_up(register, monkeypatch, "relationship_end")
    assert (deed.until, deed.begins) == (None, "relationship_end")
    said = str(presenting.letter(deed.case, "", "zh-hans"))
    assert "自客户关系终止起 10 年；档案上还没有这个起算日，到期日现在不能确定" in said
    assert not queries.kept_until(register.world.actor("officer"), datetime(2099, 1, 1, tzinfo=UTC))


def test_a_period_that_is_over_keeps_nothing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    contract(register, contract_end="2010-05-01")
    row = in_hand(register, Kind.DELETE)
    first = foreseeing.foresee(row, clock.now())[0].group
    law = rules.retained("statutory minimum", 10, "year", "反洗钱法34", "contract_end")
    assert law is not None
    monkeypatch.setattr(foreseeing, "_laws_of_groups", lambda: {first: [Law(law, frozenset())]})
    assert {one.what for one in foreseeing.foresee(row, clock.now())} == {Deed.What.WAITING}


def test_each_begin_is_found_or_not_known() -> None:
    dates = Dates([date(2020, 3, 31)], [date(2021, 6, 1)], {"a": date(2022, 5, 5)}, {"a": date(2021, 6, 1)})
    expected = {
        "contract_end": date(2020, 3, 31),
        "relationship_end": date(2021, 6, 1),
        "transaction_end": date(2021, 6, 1),
        "record_date": date(2022, 5, 5),
        "fiscal_year_end": date(2021, 12, 31),
        "lease_settled": None,
        "employment_end": None,
    }
    assert {start: starting.begun(dates, start, ["a"]) for start in expected} == expected
    assert starting.begun(dates, "record_date", ["b"]) is None
    assert starting.begun(Dates([], []), "relationship_end", ["a"]) is None


def test_a_person_never_reads_of_what_is_secret(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a group is kept under a duty of secrecy is told neither by its name nor by a line about it."""
    deed = sealed_up(register, monkeypatch, "relationship_end")
    found = rulebooks["rulebook"].fields().values()
    secret = [one for one in found if one.active and one.storage_group == deed.storage_group]
    monkeypatch.setattr(secrecy, "DUTIES", {one.key: secrecy.DUTIES["sanction_hit"] for one in secret})
    assert secret[0].name.zh in str(presenting.deeds(deed.case))
    said = str(presenting.letter(deed.case, "", "zh-hans")["deeds"])
    assert secret[0].name.zh not in said
    assert "反洗钱法34" not in said


def test_an_inquiry_postpones_a_deletion_and_shows_nowhere(register: Register) -> None:
    now = clock.now()
    inquiry = filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    row = approve(register, propose(register, in_hand(register, Kind.DELETE), GRANTED))
    assert set(row.deeds.values_list("what", flat=True)) == {"held"}
    for said in (
        str(presenting.letter(row, "", "zh-hans")),
        str([one.said for one in told_of(register, "rights_deed")]),
    ):
        assert "调查" not in said
        assert "第63条" not in said
        assert "个人信息保护法 第47条第1款" in said
    locked = next(line for line in timeline(register["li"]) if line.event == "rights.locked")
    assert locked.data["retained"] == 0
    doing.settle(now=now)
    assert set(row.deeds.values_list("what", flat=True)) == {"held"}
    Case.objects.filter(id=inquiry.id).update(state="withdrawn", closed_at=now)
    doing.settle(now=now)
    assert set(row.deeds.values_list("what", "until")) == {("waiting", row.stop_on)}
    # That it is over is told no more than that it was: neither in the story nor in the package, which holds it too.
    assert "rights.released" in {one.line.event for one in story([register["li"]], for_person=False)}
    mine = [one.line.event for one in story([register["li"]], for_person=True)]
    assert "rights.locked" in mine
    assert "rights.released" not in mine
    assert "调查" not in str([one.said for one in told_of(register, "journal_entry")])


def test_no_reason_to_stop_the_clock_tells_of_an_inquiry() -> None:
    assert not [label for label in Pause.labels if "调查" in str(label)]


def told_of(register: Register, table: str) -> list[Row]:
    """What a person would be told of one table."""
    li, told = [register["li"]], secrecy.told()
    asking = Asking(service_actor("rights"), secrecy.PURPOSE, li, told, "access_package", clock.now())
    return next(list(rows) for one, rows in holdings.of(asking) if one.key == table)


def test_a_transfer_needs_all_four_conditions(register: Register) -> None:
    row = in_hand(register, Kind.PORT)
    three = sorted(rules.CONDITIONS)[:3]
    with pytest.raises(CaseProblem, match=r"port\.conditions"):
        propose(register, row, Answer(Outcome.GRANTED, "", "已交付", three))
    with pytest.raises(CaseProblem, match="all-met"):
        propose(register, row, Answer(Outcome.REFUSED, "port_conditions", "", sorted(rules.CONDITIONS)))
    with pytest.raises(CaseProblem, match=r"port\.conditions-partly"):
        propose(register, row, Answer(Outcome.PARTLY, "others", "", ["identity", "harmless"]))
    with pytest.raises(CaseProblem, match=r"package\.missing"):  # nothing is there to be handed over
        propose(
            register,
            row,
            Answer(Outcome.PARTLY, "others", "其余不列出", ["identity", "consented", "feasible"]),
        )
    clerk = register.world.actor("clerk")
    packages.assemble(actor=clerk, case=row.id, now=clock.now())
    packages.freeze(actor=clerk, case=row.id, withheld={}, now=clock.now())
    done = propose(register, row, Answer(Outcome.GRANTED, "", "已刻录交付", sorted(rules.CONDITIONS)))
    assert done.state == State.DECIDING


def test_proofs_are_sealed_and_gone_with_the_end(register: Register) -> None:
    client = Client()
    register.world.signed_in(client, "clerk")
    row = services.take(
        actor=register.world.actor("clerk"), case=filed(register, Kind.WITHDRAW).case.id, now=clock.now()
    )
    address = f"/rights/{row.id}/"
    bad = client.post(
        f"{address}check/",
        {"method": "document", "copy": SimpleUploadedFile("a.png", b"MZ not a picture")},
    )
    assert bad.status_code == 422
    sent = SimpleUploadedFile("身份证.png", PNG)
    client.post(f"{address}check/", {"method": "document", "copy": sent})
    proof = Proof.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM rights_proof p")
        assert b"11010519491231002X".hex() not in cursor.fetchone()[0]
    got = client.get(f"{address}proofs/{proof.id}/")
    assert b"".join(got) == PNG
    assert got["Content-Disposition"].startswith("attachment")
    assert "开" in client.get(address).content.decode()
    services.withdraw(actor=customer_actor(register["li"]), case=row.id, now=clock.now())
    assert not Proof.objects.exists()
    assert Check.objects.get().method == Check.Method.DOCUMENT
    assert client.get(f"{address}proofs/{proof.id}/").status_code == 404


def test_the_person_reads_what_was_done(register: Register) -> None:
    client = Client()
    register.world.signed_in(client, "sales_head")
    row = in_hand(register, Kind.CANCEL)
    page = client.get(f"/rights/{row.id}/").content.decode()
    propose(register, row, GRANTED)
    page = client.get(f"/rights/{row.id}/").content.decode()
    assert "同意删除会怎样" in page
    client.post(f"/rights/{row.id}/approve/")
    letter = client.get(f"/rights/{row.id}/letter/").content.decode()
    assert "已停止使用，待删除" in letter
    assert "个人信息保护法 第47条第1款" in letter
