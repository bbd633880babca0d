"""An audit administrator's day: the journal by person, purpose, day; one entry proved here and elsewhere; all of it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from shouxin.journal.models import CheckState, LedgerCheck
from shouxin.journal.sealer import Sealer, connected
from tests.harness.database import Credentials
from tests.harness.jobs import run_queued
from tests.journeys.conftest import Visitor
from tests.journeys.day import Day
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
SALES_NAME = "销售跟进/履行合同"


@pytest.fixture
def seal(
    register: Register, tmp_path: Path, settings: Any, cluster: Credentials, test_database: str
) -> Callable[[], None]:
    """A data folder of its own with the organisation's keys, and a sealer that works when asked."""
    shutil.copytree(Path(settings.DATA) / "keys", tmp_path / "keys")
    (tmp_path / "run").mkdir()
    known = {**cluster.as_json(), "name": test_database}
    (tmp_path / "run" / "database.json").write_text(json.dumps(known))
    settings.DATA = tmp_path

    def sealed() -> None:
        with connected(tmp_path) as connection:
            Sealer(connection, tmp_path).round()

    return sealed


def search(day: Day) -> None:
    """By person, purpose and day together, sent by keyboard; what was looked for is said and in no address."""
    page, keys = day.page, day.keys
    keys.write(page.get_by_label("人员"), "王芳")
    keys.pick(page.locator("#id_purpose"), SALES)
    page.get_by_label("从").fill(timezone.localdate().isoformat())
    page.get_by_label("到", exact=True).fill(timezone.localdate().isoformat())
    keys.press("查询")
    day.says("查询条件", "王芳", SALES_NAME)
    assert set(day.main.locator('td[data-label="谁"]').all_inner_texts()) == {"王芳"}
    found = day.main.locator('td[data-label="事项"]').all_inner_texts()
    assert found
    assert all(SALES_NAME in one for one in found)  # the sentence names the purpose
    day.look("found")


def prove(day: Day, tmp_path: Path) -> None:
    """Proved anew on the page, and by the verifier that stands alone, from two files taken away."""
    page = day.page
    with page.expect_download() as key:
        day.main.get_by_role("link", name="下载公钥").click()
    key.value.save_as(tmp_path / "away" / "ledger.pub")
    day.go(day.main.locator("tbody a").first)
    day.look("entry")
    day.press("核验本条")
    day.says("核验成立")
    day.look("proved")
    with page.expect_download() as proof:
        day.main.get_by_role("button", name="下载证明").click()
    assert proof.value.suggested_filename.endswith(".tlog-proof")
    proof.value.save_as(tmp_path / "away" / "one.tlog-proof")
    command = [
        sys.executable,
        "-m",
        "shouxin.core.ledger.standalone",
        "one.tlog-proof",
        "--key",
        "ledger.pub",
    ]
    done = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, check=False, cwd=tmp_path / "away"
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entry"]["id"] in page.url


def check_everything(day: Day) -> None:
    """A job: one leaves, and comes back to the result."""
    day.menu("日志")
    day.go(day.page.get_by_role("navigation", name="同组页面").get_by_role("link", name="检验全部日志"))
    day.says("还没有检验过")
    day.look("checks")
    day.press("开始检验")
    expect(day.main.get_by_role("progressbar")).to_be_visible()
    day.look("checking")
    day.home()
    run_queued()
    day.jump("jyqb")
    day.says("全部成立", "冯涛")
    day.look("checked")
    assert LedgerCheck.objects.get().state == CheckState.SOUND


def test_a_day_of_an_audit_administrator(
    register: Register, visitor: Visitor, seal: Callable[[], None], tmp_path: Path
) -> None:
    day = Day(visitor, "audit_admin")
    day.begin()
    seal()
    day.card("已封存的日志")
    day.look("journal")
    search(day)
    prove(day, tmp_path)
    check_everything(day)
    day.end()
    assert not [one for one in visitor.addresses if "王芳" in one or SALES in one]
    assert register
