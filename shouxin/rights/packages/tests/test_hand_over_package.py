"""A person asks to see everything: put together, reviewed, frozen, handed over once; the secret leaves no trace."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from shouxin.core.policy import customer_actor
from shouxin.core.text import Text
from shouxin.customers.duplicates import merging
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.journal import services as journal
from shouxin.journal.queries import timeline
from shouxin.kit import clock, holdings
from shouxin.rights import secrecy
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, Requester
from shouxin.rights.cases.queries import visible_to
from shouxin.rights.cases.tests.cast import filed, in_hand
from shouxin.rights.packages import keeping, presenting, services, writing
from shouxin.rights.packages.models import Package, Piece, State
from shouxin.rights.packages.services import VALUES
from tests.register import FOOTING, ID_NUMBER, PHONE, SALES, Register

pytestmark = pytest.mark.django_db
GRANTED = Answer(Outcome.GRANTED, "", "材料已备好，请在门户领取。")


def frozen(register: Register, case: Case, **withheld: str) -> Package:
    clerk = register.world.actor("clerk")
    services.assemble(actor=clerk, case=case.id, now=clock.now())
    return services.freeze(actor=clerk, case=case.id, withheld=withheld, now=clock.now())


def ready(register: Register, case: Case) -> Package:
    frozen(register, case)
    now = clock.now()
    answering.propose(actor=register.world.actor("clerk"), case=case.id, answer=GRANTED, now=now)
    answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=now)
    return Package.objects.get(case=case, state=State.READY)


def test_everything_is_put_together_and_handed_over_once(register: Register) -> None:
    case, clerk, now = in_hand(register, Kind.ACCESS), register.world.actor("clerk"), clock.now()
    made = services.assemble(actor=clerk, case=case.id, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, '') FROM rights_package_piece p")
        kept = cursor.fetchone()[0]
    assert PHONE not in kept
    assert PHONE.encode().hex() not in kept
    with pytest.raises(CaseProblem, match="review"):
        answering.propose(actor=clerk, case=case.id, answer=GRANTED, now=now)
    address = f"{register['li']}:home_address"
    assert "中关村" in services.look(actor=clerk, case=case.id, row=address)
    assert timeline(register["li"])[0].data["fields"] == ["home_address"]
    with pytest.raises(CaseProblem, match="row"):
        services.freeze(actor=clerk, case=case.id, withheld={"nothing": "others"}, now=now)
    done = services.freeze(actor=clerk, case=case.id, withheld={address: "others"}, now=now)
    assert not Piece.objects.exclude(table="").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Package.objects.filter(id=made.id).update(sha256="0" * 64)
    answering.propose(actor=clerk, case=case.id, answer=GRANTED, now=now)
    me = customer_actor(register["li"], second_factor_at=now)
    with pytest.raises(CaseProblem, match="none"):
        services.hand_over(actor=me, case=case.id, now=now)
    answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=now)
    with pytest.raises(CaseProblem, match="second-factor"):
        services.hand_over(actor=customer_actor(register["li"]), case=case.id, now=now)
    other = customer_actor(register["zhang"], second_factor_at=now)
    with pytest.raises(CaseProblem, match="unknown"):
        services.hand_over(actor=other, case=case.id, now=now)
    package, content = services.hand_over(actor=me, case=case.id, now=now)
    archive = b"".join(content)
    assert sha256_of(archive) == done.sha256 == package.sha256
    check_archive(register, ZipFile(BytesIO(archive)), address)
    with pytest.raises(CaseProblem, match="none"):
        services.hand_over(actor=me, case=case.id, now=now)
    package.refresh_from_db()
    assert (package.state, package.wrapped_key, package.pieces.count()) == (State.TAKEN, None, 0)


def test_only_whoever_deals_with_the_request_puts_its_package_together_and_looks_into_it(
    register: Register,
) -> None:
    """Attack: a colleague who may deal with requests, but not with this one, takes each step by itself."""
    case, now = in_hand(register, Kind.ACCESS), clock.now()
    clerk, head = register.world.actor("clerk"), register.world.actor("sales_head")
    with pytest.raises(CaseProblem, match=r"case\.not-yours"):
        services.assemble(actor=head, case=case.id, now=now)
    assert not Package.objects.exists()
    made = services.assemble(actor=clerk, case=case.id, now=now)
    with pytest.raises(CaseProblem, match=r"case\.not-yours"):
        services.look(actor=head, case=case.id, row=f"{register['li']}:mobile")
    with pytest.raises(CaseProblem, match=r"case\.not-yours"):
        services.freeze(actor=head, case=case.id, withheld={}, now=now)
    assert Package.objects.get().state == State.REVIEW
    assert services.look(actor=clerk, case=case.id, row=f"{register['li']}:mobile") == PHONE
    assert services.freeze(actor=clerk, case=case.id, withheld={}, now=now).id == made.id


def test_the_page_says_what_is_to_come_before_it_can_be_gathered(register: Register) -> None:
    clerk, head = register.world.actor("clerk"), register.world.actor("sales_head")
    case = filed(register, Kind.ACCESS).case
    assert "先受理" in presenting.waits_for(case, clerk.id)
    case = cases.take(actor=clerk, case=case.id, now=clock.now())
    assert "先核验申请人的身份" in presenting.waits_for(case, clerk.id)
    case = cases.check(actor=clerk, case=case.id, method=Check.Method.IN_PERSON, now=clock.now())
    assert presenting.waits_for(case, clerk.id) == ""
    assert register.world.people["clerk"].display_name in presenting.waits_for(case, head.id)
    services.assemble(actor=clerk, case=case.id, now=clock.now())


def test_what_does_not_fit_into_memory_waits_sealed_and_gives_the_same_bytes(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, clerk, now = in_hand(register, Kind.ACCESS), register.world.actor("clerk"), clock.now()
    services.assemble(actor=clerk, case=case.id, now=now)
    hashes, waited = list[str](), list[str]()
    keep = keeping.keep

    def watched(key: Any, row: Package, table: str, number: int, content: bytes) -> None:
        keep(key, row, table, number, content)
        waited.append(table)

    monkeypatch.setattr(keeping, "keep", watched)
    for size in (keeping.PIECE, 2000):
        monkeypatch.setattr(keeping, "PIECE", size)
        with transaction.atomic():
            hashes.append(services.freeze(actor=clerk, case=case.id, withheld={}, now=now).sha256)
            assert not Piece.objects.exclude(table="").exists()
            transaction.set_rollback(True)
    assert hashes[0] == hashes[1]
    assert {"draft:zh", "draft:en", "draft:data"} <= set(waited)


def check_archive(register: Register, opened: ZipFile, address: str) -> None:
    """What the person holds in the end; `address` is the value that was left out."""
    data = json.loads(opened.read(writing.JSON_NAME))
    schema = json.loads(opened.read(writing.SCHEMA_NAME))  # the one that came with it
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    for broken in ({**data, "version": 2}, {**data, "parts": [{"table": "x"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)
    assert next(one["table"] for one in data["parts"]) == VALUES
    assert {one["table"] for one in data["parts"]} == set(holdings.tables)
    told = {row["id"]: row for row in data["parts"][0]["rows"]}
    assert told[f"{register['li']}:mobile"]["said"]["value"] == PHONE
    assert told[f"{register['li']}:id_number"]["said"]["value"] == ID_NUMBER
    assert told[address] == {"id": address, "withheld": "others"}
    assert "中关村" not in archive_text(opened)
    assert "张伟" not in archive_text(opened)
    page = opened.read(writing.PAGES["zh"]).decode()
    assert PHONE in page
    assert writing.SCHEMA_NAME in page
    assert "为保护他人合法权益没有列出" in page
    assert "销售跟进/履行合同" in page
    assert "Full name" in opened.read(writing.PAGES["en"]).decode()


def test_what_is_secret_shows_neither_in_the_package_nor_by_its_absence(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes with and without the value, its changes, its reads and an authority's inquiry.

    A field in use stands in for those that no purpose of the default rules collects.
    """
    duties = {**secrecy.DUTIES, "email": Text("反洗钱法 第7条", "AML")}
    monkeypatch.setattr(secrecy, "DUTIES", duties)
    assert not duties.keys() & secrecy.told()
    now, clerk = clock.now(), register.world.actor("clerk")
    before = bytes_about(register, now)
    for revision, text in ((1, "secret@example.cn"), (2, "other@example.cn")):
        values = {"email": Kept(text, 1)}
        registry.edit(
            actor=clerk, customer=register["li"], footing=FOOTING, values=values, revision=revision, now=now
        )
    with transaction.atomic():  # as the gate journals it when staff read both
        journal.append(
            actor=register.world.actor("officer"),
            event="field.revealed",
            customer=register["li"],
            purpose=SALES,
            data={"purpose": SALES, "fields": ["aml_risk_rating", "email"], "reason": "order"},
        )
    filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY, text="请提供该客户的资料")
    assert bytes_about(register, now) == before
    assert [one["article"] for one in presenting.kept_secret()] == ["反洗钱法 第7条"]


def bytes_about(register: Register, now: Any) -> str:
    """Everything that would be told, as it would be written."""
    asking = services.asking([register["li"]], now)
    return json.dumps(
        [[table.key, [[row.id, row.said] for row in rows]] for table, rows in holdings.of(asking)],
        ensure_ascii=False,
    )


def test_what_is_not_fetched_is_destroyed(register: Register) -> None:
    package = ready(register, in_hand(register, Kind.COPY))
    assert package.expires_at is not None
    assert services.tidy(now=package.expires_at - timedelta(minutes=1)) == 0
    assert services.tidy(now=package.expires_at) == 1
    package.refresh_from_db()
    assert (package.state, package.wrapped_key, package.pieces.count()) == (State.ENDED, None, 0)
    assert package.sha256  # that it was made, and which bytes they were, stays


def test_a_download_that_broke_off_is_begun_again_by_the_same_person_until_it_was_complete(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PIECE", 2000)
    package, clerk = ready(register, in_hand(register, Kind.COPY)), register.world.actor("clerk")
    assert package.pieces.count() > 2
    assert package.expires_at is not None
    later = package.expires_at - timedelta(hours=1)

    def begin(moment: datetime) -> Any:
        me = customer_actor(register["li"], second_factor_at=moment)
        return services.hand_over(actor=me, case=package.case_id, now=moment)[1]

    broken = begin(clock.now())
    next(broken)
    broken.close()  # the line broke
    assert services.tidy(now=later) == 0
    with pytest.raises(CaseProblem, match="other"):
        services.hand_over(actor=clerk, case=package.case_id, now=later)
    stale = customer_actor(register["li"], second_factor_at=clock.now())
    with pytest.raises(CaseProblem, match="second-factor"):
        services.hand_over(actor=stale, case=package.case_id, now=later)
    slow = begin(later)
    next(slow)
    whole = begin(later)
    assert not list(slow)  # of two at once one gets all of it
    package.refresh_from_db()
    assert (package.state, package.taken_at) == (State.READY, None)
    assert sha256_of(b"".join(whole)) == package.sha256
    package.refresh_from_db()
    assert (package.state, package.taken_at, package.pieces.count()) == (State.TAKEN, later, 0)
    with pytest.raises(CaseProblem, match="none"):
        begin(later)
    told = [one.event for one in timeline(register["li"], limit=9)]
    assert told[:2] == ["rights.package_ended", "rights.package_taken"]
    assert told.count("rights.package_begun") == 3


def test_a_request_follows_its_customer_into_another(register: Register) -> None:
    case, clerk = in_hand(register, Kind.ACCESS, customer="zhang"), register.world.actor("clerk")
    services.assemble(actor=clerk, case=case.id, now=clock.now())
    rows = {
        one.id: one.revision for one in Customer.objects.filter(id__in=[register["li"], register["zhang"]])
    }
    merging.merge(
        actor=register.world.actor("sales_head"),
        purpose=SALES,
        survivor=register["li"],
        absorbed=register["zhang"],
        revisions=(rows[register["li"]], rows[register["zhang"]]),
        chosen=[],
        now=clock.now(),
    )
    with pytest.raises(CaseProblem, match="grown"):  # what was put together before lacks the other's
        services.freeze(actor=clerk, case=case.id, withheld={}, now=clock.now())
    package = ready(register, case)
    assert package.customers == [register["li"], register["zhang"]]
    assert [row.id for row in visible_to(customer_actor(register["li"]))] == [case.id]
    me = customer_actor(register["li"], second_factor_at=clock.now())
    _package, content = services.hand_over(actor=me, case=case.id, now=clock.now())
    data = json.loads(ZipFile(BytesIO(b"".join(content))).read(writing.JSON_NAME))
    values = {row["said"]["value"] for row in data["parts"][0]["rows"]}
    assert {PHONE, "13987654321"} <= values
    assert filed(register, Kind.DELETE).case.customer_id == register["li"]
    deleted = filed(register, Kind.DELETE)
    assert deleted.repeats is not None


def test_a_refused_or_withdrawn_request_leaves_nothing(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    first, second = in_hand(register, Kind.ACCESS), in_hand(register, Kind.PORT)
    services.assemble(actor=clerk, case=first.id, now=now)
    frozen(register, second)
    refused = Answer(Outcome.REFUSED, "excessive", "")
    answering.propose(actor=clerk, case=first.id, answer=refused, now=now)
    answering.approve(actor=register.world.actor("sales_head"), case=first.id, now=now)
    cases.withdraw(actor=clerk, case=second.id, now=now)
    assert not Piece.objects.exists()
    assert not Package.objects.filter(wrapped_key__isnull=False).exists()
    with pytest.raises(CaseProblem, match="kind"):
        services.assemble(actor=clerk, case=in_hand(register, Kind.KNOW).id, now=now)


def test_pieces_are_sealed_anew_under_another_key(register: Register) -> None:
    package = ready(register, in_hand(register, Kind.ACCESS))
    before = [bytes(one) for one in Piece.objects.order_by("number").values_list("sealed", flat=True)]
    assert keeping._reseal(package.id)
    package.refresh_from_db()
    content = b"".join(keeping.file_in(keeping.key_of(package), package))
    assert sha256_of(content) == package.sha256
    assert before != [bytes(one) for one in Piece.objects.order_by("number").values_list("sealed", flat=True)]


def sha256_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def archive_text(opened: ZipFile) -> str:
    return "".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())


def test_what_is_kept_by_a_code_is_read_in_words(register: Register) -> None:
    row = Customer.objects.get(id=register["li"])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values={"gender": Kept("2", 1)},
        now=clock.now(),
    )
    case, clerk = in_hand(register, Kind.COPY), register.world.actor("clerk")
    package = services.assemble(actor=clerk, case=case.id, now=clock.now())
    for language, woman, class_, where in (
        ("zh-hans", "女", "个人基本资料", "中国内地"),
        ("en", "Female", "Who you are", "Mainland China"),
    ):
        with override(language):
            shown = {part["key"]: part["rows"] for part in presenting.parts(package, {})}
        gender = next(one["cells"] for one in shown[VALUES] if one["id"] == f"{row.id}:gender")
        assert (woman in gender, "2" in gender, class_ in gender) == (True, False, True)
        assert where in shown["customers_customer"][0]["cells"]
    ready(register, case)
    me = customer_actor(row.id, second_factor_at=clock.now())
    _package, content = services.hand_over(actor=me, case=case.id, now=clock.now())
    opened = ZipFile(BytesIO(b"".join(content)))
    assert "<td>女</td>" in opened.read("信息清单.html").decode()
    english = opened.read("statement.html").decode()
    assert ("<td>Female</td>" in english, "<td>Who you are</td>" in english) == (True, True)
    told = json.loads(opened.read(writing.JSON_NAME))["parts"][0]["rows"]
    value = next(one["said"]["value"] for one in told if one["id"] == f"{row.id}:gender")
    assert value == {"code": "2", "zh": "女", "en": "Female"}
