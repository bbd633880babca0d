"""The grid of a checked file: problems at their cells, mended in place and checked again at once."""

from typing import Any

import pytest
from django.test import Client

from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.intake.tests.screens import PHONE, address, checked
from shouxin.journal.queries import of_events
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = {"accept": "application/json"}


def grid(clerk: Client, batch: ImportBatch, query: str = "") -> str:
    answer = clerk.get(address(batch.id, "preview") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def change(clerk: Client, batch: ImportBatch, line: int, **data: str) -> Any:
    batch.refresh_from_db()
    plain = {"revision": str(batch.draft_revision), "sheet": "0", "line": str(line), "verb": "mend"}
    headers = SCRIPT if data.pop("script", "") else {}
    return clerk.post(address(batch.id, "rows"), {**plain, **data}, headers=headers)


def row_of(page: str, number: int) -> str:
    return page.partition(f'<tr id="r-{number}"')[2].partition("</tr>")[0]


def test_problems_stand_at_their_cells(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    page = grid(clerk, batch)
    good, odd, bad = (row_of(page, number) for number in (2, 3, 4))
    assert "sx-cell" not in good
    assert f'value="{PHONE}"' in odd
    assert "sx-cell-warn" in odd
    assert "有提醒" in odd
    assert "sx-cell-bad" in bad
    assert "将被拒绝" in bad
    assert "保留，未核验" in page
    assert "拒绝此行" in page
    assert "sx-watermark" in page


def test_only_rows_with_problems(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    page = grid(clerk, batch, "?only=problems")
    assert 'id="r-3"' in page
    assert 'id="r-4"' in page
    assert 'id="r-2"' not in page
    page = grid(clerk, batch, "?row=2")
    assert 'id="r-2"' in page
    assert 'id="r-3"' not in page
    for nonsense in ("?sheet=9&page=-1&row=x", "?page=99999", "?edit=77", "?sheet=²"):
        assert grid(clerk, batch, nonsense)


def test_a_mended_cell_is_checked_at_once(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    answer = change(clerk, batch, 3, **{"cell-2": "13800138001"})
    assert answer.headers["Location"] == address(batch.id, "preview") + "?sheet=0&page=1#r-3"
    page = grid(clerk, batch)
    assert "有提醒" not in row_of(page, 3)
    assert "已改" in row_of(page, 3)
    assert "data-stale>" in page
    assert "data-stale hidden" not in page
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED
    assert drafts.opened(batch).cells == {(0, 3): {2: "13800138001"}}
    change(clerk, batch, 3, verb="restore")
    assert "有提醒" in row_of(grid(clerk, batch), 3)
    batch = cast.check(register, batch.id)
    assert "data-stale>" not in grid(clerk, batch)  # there for the script that mends in place, and hidden


def test_what_was_not_changed_is_not_kept_as_mended(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    before = batch.draft_revision
    change(clerk, batch, 3, **{"cell-2": PHONE})
    batch.refresh_from_db()
    assert batch.draft_revision == before


def test_a_cell_of_several_lines_survives_the_mending_of_another(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    content = '客户编号,姓名,手机号,备注\nK-1,王小丫,1380013,"第一行\n第二行"\n'.encode()
    batch = checked(register, content)
    change(clerk, batch, 2, **{"cell-2": "13800138001", "cell-3": "第一行第二行"})
    batch.refresh_from_db()
    assert drafts.opened(batch).cells == {(0, 2): {2: "13800138001"}}


def test_a_row_that_is_not_there_is_not_mended(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    change(clerk, batch, 77, **{"cell-2": "x"})
    assert "没有这一格" in grid(clerk, batch)
    batch.refresh_from_db()
    assert not drafts.opened(batch).cells


def test_a_whole_row_can_be_opened_and_left_out(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    assert 'name="cell-1"' in row_of(grid(clerk, batch, "?edit=2"), 2)
    change(clerk, batch, 4, verb="out")
    page = grid(clerk, batch)
    assert "恢复导入" in row_of(page, 4)
    batch = cast.check(register, batch.id)
    assert (batch.findings["refused"], batch.findings["left_out"]) == (0, 1)
    assert "不导入 1 行" in grid(clerk, batch)
    change(clerk, batch, 4, verb="in")
    assert "将被拒绝" in row_of(grid(clerk, batch), 4)


def test_a_script_gets_the_row_back(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    answer = change(clerk, batch, 4, script="1", **{"cell-1": "赵六"})
    said = answer.json()
    assert said["refused"] is False
    assert said["html"].startswith('<tr id="r-4"')
    batch.refresh_from_db()
    assert said["revision"] == batch.draft_revision
    late = clerk.post(
        address(batch.id, "rows"),
        {"revision": "1", "sheet": "0", "line": "4", "cell-1": "x"},
        headers=SCRIPT,
    )
    assert late.status_code == 409
    assert "没有覆盖任何内容" in late.json()["problem"]


def test_what_only_the_whole_file_shows_stands_in_the_grid(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register, "客户编号,姓名\nK-1,王小丫\nK-1,王大丫\n".encode())
    assert "同一客户编号在前面的行中是另一个值" in row_of(grid(clerk, batch), 3)


def test_looking_at_rows_leaves_a_trace_without_values(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    grid(clerk, batch)
    lines = of_events(["batch.rows_shown"])
    assert lines[0].data == {"batch": str(batch.id), "count": 3}
