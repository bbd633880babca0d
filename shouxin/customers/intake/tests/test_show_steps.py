"""The import wizard as its importer walks through it, without scripts: every step has an address and can be left."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from shouxin.customers.intake import drafts, services
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.intake.tests import cast
from tests.harness.jobs import run_queued
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
CSV = (
    "客户编号,姓名,手机号,备注\nK-1,王小丫,13800138000,a\nK-2,李四光,1380013,b\nK-3,,13900139000,c\n".encode()
)
NEW = "/customers/imports/new/"


def send(client: Client, content: bytes = CSV, name: str = "客户.csv", **more: str) -> HttpResponse:
    return client.post(NEW, {"file": SimpleUploadedFile(name, content)}, **more)  # type: ignore[arg-type,return-value]


def batch_of(register: Register) -> ImportBatch:
    return ImportBatch.objects.filter(operator=register.world.people["clerk"]).latest("id")


def declared(register: Register, batch: ImportBatch, **changes: str) -> dict[str, str]:
    plain = {
        "revision": str(batch.draft_revision),
        "purpose": SALES,
        "channel": "migration",
        "source": "internal",
        "department": str(register.world.departments["sales"].id),
        "responsible": "",
        "scope": "department",
        "existing": "fill",
    }
    return {**plain, **changes}


def test_a_file_goes_through_every_step(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    answer = send(clerk)
    batch = batch_of(register)
    base = f"/customers/imports/{batch.id}"
    assert answer.headers["Location"] == f"{base}/sheets/"
    page = clerk.get(f"{base}/sheets/").content.decode()
    assert "客户.csv" in page
    assert "王小丫" in page
    assert "sx-watermark" in page
    said = {"revision": batch.draft_revision, "encoding": "utf-8", "delimiter": ",", "header-0": "1"}
    assert clerk.post(f"{base}/sheets/", said).headers["Location"] == f"{base}/columns/"
    page = clerk.get(f"{base}/columns/").content.decode()
    assert "表头是“客户编号”的常见写法" in page
    batch.refresh_from_db()
    chosen = {"c-0-0": "customer_no", "c-0-1": "person_name", "c-0-2": "mobile", "c-0-3": "-"}
    answer = clerk.post(f"{base}/columns/", {"revision": str(batch.draft_revision), **chosen})
    assert answer.headers["Location"] == f"{base}/declaration/"
    assert "个人信息保护法" in clerk.get(f"{base}/declaration/").content.decode()
    batch.refresh_from_db()
    answer = clerk.post(f"{base}/declaration/", declared(register, batch))
    assert answer.headers["Location"] == f"{base}/check/"
    assert "可以检查了" in clerk.get(f"{base}/check/").content.decode()
    batch.refresh_from_db()
    clerk.post(f"{base}/check/", {"revision": batch.draft_revision})
    assert "正在试运行" in clerk.get(f"{base}/check/").content.decode()
    run_queued("intake")
    page = clerk.get(f"{base}/preview/").content.decode()
    assert "将被拒绝" in page
    assert "13900139000" in page
    assert 'value="1380013"' in page
    assert clerk.post(f"{base}/start/", {"typed": "2"}).status_code == 422
    assert clerk.post(f"{base}/start/", {"typed": "3"}).headers["Location"] == f"{base}/run/"
    assert clerk.get(f"{base}/progress/").json()["state"] == "running"
    run_queued("intake")
    page = clerk.get(f"{base}/result/").content.decode()
    assert "2 + 0 + 0 + 1 + 0 = 3" in page
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert batch.standing == Standing.UNCONFIRMED
