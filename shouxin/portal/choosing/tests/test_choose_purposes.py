"""A customer gives, withdraws, restricts on the spot; each leaves a receipt that proves itself without the product."""

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.core.ledger import standalone
from shouxin.core.policy import Action
from shouxin.customers.consents import pages, reading
from shouxin.customers.consents.models import Channel, Consent, Decision
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.journal.sealer import Sealer
from shouxin.kit import clock, statements
from shouxin.portal.choosing import queries
from shouxin.portal.entering import doors, services
from shouxin.portal.entering.models import Way
from tests.register import PHONE, SALES, Register, refusal, told_of_anew

MARKETING = "marketing"


def browser(register: Register, name: str = "li") -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    with transaction.atomic():
        client.cookies[doors.SESSION] = services.begin(register[name], Way.EMAIL, clock.now())
    return client


def opens(register: Register, purpose: str) -> bool:
    return not refusal(register.world, purpose, register["li"])


def agree(client: Client) -> Any:
    page = pages.present(purpose=MARKETING, language="zh-hans", now=clock.now())
    return client.post(f"/my/choices/{MARKETING}/", {"shown": page.sha256, "box": ["general"]})


@pytest.mark.clause("A13.1", "D14.2")
@pytest.mark.django_db(transaction=True)
def test_a_customer_sees_who_read_and_restricts_the_purpose_on_the_spot(register: Register) -> None:
    client = browser(register)
    assert opens(register, SALES)
    gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register["li"]],
        fields=["mobile", "person_name"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        detail={"page": "profile"},
    )
    told = client.get("/my/reads/").content.decode()
    for said in ("销售部 · 经办", "手机号码", "销售跟进/履行合同"):
        assert said in told
    for name in ("王芳", PHONE, "clerk"):
        assert name not in told
    answer: Any = client.post(f"/my/choices/{SALES}/refuse/", {"kind": "restricted"})
    assert answer.url.startswith("/my/receipts/")
    assert not opens(register, SALES)
    assert "read.refused" in [line.event for line in timeline(register["li"], limit=5)]
    again: Any = client.post(f"/my/choices/{SALES}/allow/")
    assert opens(register, SALES)
    told = client.get(again.url).content.decode()
    assert again.url.startswith("/my/receipts/")
    assert "恢复使用 · 销售跟进/履行合同" in told
    assert f"{again.url}proof/" in told
    assert client.post(f"/my/choices/{SALES}/allow/").url == "/my/choices/"  # type: ignore[attr-defined]
    kept: Any = client.post("/my/choices/legal_obligation/refuse/")
    assert kept.status_code == 422
    assert "第13条" in kept.content.decode()


@pytest.mark.django_db(transaction=True)
def test_giving_takes_a_page_and_withdrawing_one_click(register: Register) -> None:
    client = browser(register)
    page = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert "checked" not in page  # nothing is ticked beforehand
    assert not opens(register, MARKETING)
    agree(client)
    assert opens(register, MARKETING)
    given = Decision.objects.get(kind="general")
    assert (given.channel, given.operator, len(given.device)) == (Channel.PORTAL, register["li"], 64)
    seen = client.get(f"/my/seen/{given.entry}/").content.decode()
    assert given.shown_id in seen
    assert "已同意" in seen
    page = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert "checked" not in page
    assert 'name="kept" value="general"' in page  # agreed to on this page: not asked again
    rest = {"shown": given.shown_id, "kept": ["general"], "box": ["sensitive:customer_tag"]}
    assert client.post(f"/my/choices/{MARKETING}/", rest).status_code == 302
    assert opens(register, MARKETING)
    assert Consent.objects.get(kind="sensitive").state == "given"  # a separate one is added later as well
    assert client.post(f"/my/choices/{MARKETING}/", rest).status_code == 302
    client.post(f"/my/choices/{MARKETING}/withdraw/")
    assert not opens(register, MARKETING)
    assert client.post(f"/my/choices/{MARKETING}/withdraw/").status_code == 422
    assert "已撤回" in client.get("/my/choices/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_was_agreed_to_in_chinese_is_not_taken_back_by_saving_in_english(register: Register) -> None:
    client = browser(register)
    agree(client)
    english = pages.present(purpose=MARKETING, language="en", now=clock.now())
    assert english.sha256 != Decision.objects.get(kind="general").shown_id
    client.cookies["django_language"] = "en"
    page = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert 'name="kept" value="general"' in page
    untouched = {"shown": english.sha256, "kept": ["general"]}
    assert client.post(f"/my/choices/{MARKETING}/", untouched).status_code == 302
    assert opens(register, MARKETING)


@pytest.mark.django_db(transaction=True)
def test_who_agreed_under_an_earlier_notice_reads_that_it_is_asked_anew(register: Register) -> None:
    client = browser(register)
    agree(client)
    told_of_anew(register.world)
    page = client.get(f"/my/choices/{MARKETING}/").content.decode()
    assert 'name="box" value="general"' in page
    assert page.count("以前同意过，告知已改，请重新决定") == 1  # of the boxes only this one was agreed to


@pytest.mark.clause("C20.2")
@pytest.mark.django_db(transaction=True)
def test_a_receipt_proves_itself_with_a_tool_that_shares_nothing(
    register: Register,
    superuser: psycopg.Connection,
    settings: LazySettings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = browser(register)
    agree(client)
    client.post(f"/my/choices/{MARKETING}/withdraw/")
    entries = {decision.entry for decision in Decision.objects.all()}
    assert client.get(f"/my/receipts/{next(iter(entries))}/proof/").status_code == 409
    settings.DATA = tmp_path  # a ledger of this test's own
    Sealer(superuser, tmp_path).round()
    key = tmp_path / "ledger.pub"
    key.write_bytes(Client().get("/my/receipts/key/").content)
    assert len(entries) == 2
    for entry in entries:
        answer = client.get(f"/my/receipts/{entry}/proof/")
        assert answer.status_code == 200
        file = tmp_path / f"{entry}.tlog-proof"
        file.write_bytes(answer.content)
        assert standalone.main([str(file), "--key", str(key)]) == 0
        text = file.read_text()
        lines = text.splitlines()
        lines[1] = lines[1][:-8] + ("AAAA" if lines[1][-8:-4] != "AAAA" else "BBBB") + lines[1][-4:]
        file.write_text("\n".join(lines) + "\n")
        assert standalone.main([str(file), "--key", str(key)]) == 1
    assert b"def main" in Client().get("/my/receipts/verifier/").content
    capsys.readouterr()


@pytest.mark.django_db(transaction=True)
def test_nobody_reaches_what_is_another_s(register: Register) -> None:
    li, zhang = browser(register), browser(register, "zhang")
    agree(li)
    given = Decision.objects.get(kind="general")
    for path in (
        f"/my/seen/{given.entry}/",
        f"/my/receipts/{given.entry}/",
        f"/my/receipts/{given.entry}/proof/",
    ):
        assert zhang.get(path).status_code == 404
    for entry in (UUID(int=0), UUID(int=2**128 - 1)):  # nobody's, and no error either
        assert zhang.get(f"/my/receipts/{entry}/").status_code == 404
    zhang.post(f"/my/choices/{MARKETING}/withdraw/")
    assert opens(register, MARKETING)


@pytest.mark.django_db
def test_however_many_purposes_there_are_what_was_agreed_to_is_read_once(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(browser(register))
    asked, execute = list[str](), statements.execute

    def counted(statement: str, given: Any = ()) -> Any:
        asked.append(statement)
        return execute(statement, given)

    monkeypatch.setattr(reading, "execute", counted)
    with CaptureQueriesContext(connection) as seen:
        assert len(queries.choices(register["li"], clock.now())) > 2
    every = [*asked, *(one["sql"].replace('"', "") for one in seen)]
    assert len([one for one in every if "FROM customers_consent " in one]) == 1
