"""The story of a customer is exported and opened from the disk: verified, or altered once one byte is another."""

import json
import re
from pathlib import Path

import psycopg
import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, expect

from shouxin.core.policy import customer_actor
from shouxin.journal import services as journal
from shouxin.journal.sealer import Sealer
from shouxin.kit import clock
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.tracing import exporting
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.clause("C8.0")
def test_either_version_proves_itself_offline_and_shows_an_alteration(
    browser: Browser,
    register: Register,
    settings: LazySettings,
    superuser: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DATA = tmp_path
    row = in_hand(register, Kind.ACCESS)
    read_in_secret(register)
    sealer = Sealer(superuser, tmp_path)
    sealer.round()
    monkeypatch.setattr(exporting, "wait", sealer.round)
    pages = {}
    for version in ("staff", "person"):
        mine = version == "person"
        actor = customer_actor(register["li"]) if mine else register.world.actor("officer")
        pages[version] = exporting.export(
            actor=actor,
            customers=[register["li"]],
            organisation="示例家具有限公司",
            names=not mine,
            for_person=mine,
            now=clock.now(),
        )
    page, errors = browser.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.set_offline(True)
    for version, made in pages.items():
        file = tmp_path / f"{version}.html"
        file.write_text(made.page, encoding="utf-8")
        page.goto(file.as_uri())
        expect(page.locator("#verdict")).to_contain_text("已验证")
        expect(page.locator("tbody tr")).to_have_count(made.rows)
        for number, altered in enumerate(alterations(made.page)):
            file.write_text(altered, encoding="utf-8")
            page.goto(file.as_uri())
            expect(page.locator("#verdict"), str(number)).to_contain_text("被改动")
    page.close()
    assert not errors
    staff, person = pages["staff"].page, pages["person"].page
    assert "王芳" in staff
    assert "customer.created" in person
    for name in ("王芳", "陈刚", "洗钱", "aml_risk_rating"):
        assert name not in person
    assert "洗钱风险等级" in staff
    assert row.number not in person  # the ledger holds codes alone
    shown = json.loads(re.findall(r'id="body">(.*?)</script>', person)[0])
    assert all("entry" not in line for line in shown["lines"])  # none of these acts is the person's own


def read_in_secret(register: Register) -> None:
    """As the gate journals it when staff read a rating."""
    from django.db import transaction

    with transaction.atomic():
        journal.append(
            actor=register.world.actor("officer"),
            event="field.revealed",
            customer=register["li"],
            purpose="sales_contract",
            data={"purpose": "sales_contract", "fields": ["aml_risk_rating", "mobile"], "reason": "order"},
        )


def alterations(page: str) -> list[str]:
    """One byte each: in what is shown, in what it is checked against, in a path, a signature, the seal."""
    cell = page.index("<td>") + 5
    body = page.index('"zh": "') + 8
    path = page.index('"path": ["') + 12
    note = page.index("\\n\\n\\u2014") if "\\n\\n\\u2014" in page else page.index("\\n\\n— ") + 60
    seal = page.index('id="seal"') + 60
    found = []
    for at in (cell, body, path, note, seal):
        other = "1" if page[at] != "1" else "2"
        found.append(page[:at] + other + page[at + 1 :])
    return found
