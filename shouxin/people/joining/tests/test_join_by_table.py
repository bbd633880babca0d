"""Ten people by spreadsheet: problems named cell by cell, everybody or nobody, roles only proposed."""

import io
import zipfile
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from shouxin.core.policy import NotAllowed, Role
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.joining import queries, reading, services
from shouxin.people.joining.models import RoleProposal
from shouxin.people.joining.services import Joined, TableRefused
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.second_factor import rules as factors
from tests.world import World, note_proof

pytestmark = pytest.mark.django_db

TEN = [(f"xin{n}", f"新人{n}", "销售部", "经办" if n else "经办、部门负责人") for n in range(10)]
HEAD = ("用户名", "姓名", "部门", "角色")


def workbook(rows: Sequence[tuple[str, ...]], head: tuple[str, ...] = HEAD) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (head, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def join(world: World, rows: Sequence[tuple[str, ...]], who: str = "system_admin") -> list[Joined]:
    table = reading.table(workbook(rows))
    return services.create_from_table(actor=world.actor(who), rows=table, now=clock.now())


def signs_in(client: Client, user: str, password: str) -> bool:
    return client.post("/sign-in/", {"username": user, "password": password}).status_code == 302


def problems(rows: Sequence[tuple[str, ...]]) -> dict[tuple[int, int], str]:
    lines = queries.checked(reading.table(workbook(rows)))
    return {(line.number, place): text.zh for line in lines for place, text in line.problems.items()}


def test_ten_people_come_in_and_can_do_nothing_yet(world: World, client: Client) -> None:
    made = join(world, TEN)
    assert len({one.password for one in made}) == 10
    for one in made:
        assert one.staff.check_password(one.password)
        assert (one.staff.roles, one.staff.must_change_password) == ([], True)
    assert not signs_in(client, "xin1", made[1].password)
    assert RoleProposal.objects.filter(decided_at__isnull=True).count() == 11
    assert not RoleAssignment.objects.filter(staff__user_name__startswith="xin").exists()
    assert of_events(["staff.table_taken_in"])[0].data == {"people": 10, "roles_proposed": 11}


def test_every_bad_cell_is_named_by_row_and_column(world: World) -> None:
    found = problems(
        [
            ("clerk", "重名", "销售部", "经办"),
            ("new one", "空格", "销售部", "经办"),
            ("twice", "甲", "销售部", ""),
            ("TWICE", "乙", "没有的部", "国王"),
            ("", "", "", ""),
            ("five", "", "", "系统管理员、经办"),
        ]
    )
    assert found[2, 0].startswith("已被使用")
    assert found[3, 0].startswith("只能包含")
    assert found[4, 0] == found[5, 0] == "表中重复"
    assert found[5, 2].startswith("没有这个部门")
    assert "国王" in found[5, 3]
    assert (7, 1) in found
    assert "管理员与接触客户信息的角色不得同用一个登录名" in found[7, 3]
    assert not [place for place in found if place[0] == 6]  # an empty row is no person


def test_one_bad_cell_and_nobody_is_created(world: World) -> None:
    before = Staff.objects.count()
    with pytest.raises(TableRefused):
        join(world, [*TEN, ("clerk", "重名", "销售部", "经办")])
    assert Staff.objects.count() == before


def test_departments_of_one_name_need_their_path(world: World) -> None:
    people.create_department(
        actor=world.actor("system_admin"), name="销售部", parent=world.departments["service"].id
    )
    rows: Sequence[tuple[str, ...]] = [("a1", "甲", "销售部", ""), ("a2", "乙", "守信示例公司/销售部", "")]
    assert set(problems(rows)) == {(2, 2)}
    (made,) = join(world, rows[1:])
    assert made.staff.department == world.departments["sales"]


def test_a_formula_is_never_evaluated_and_never_handed_back_alive(world: World, client: Client) -> None:
    """Attack: a name that a spreadsheet program would run."""
    world.signed_in(client, "system_admin")
    content = '用户名,姓名,部门,角色\nclerk,=HYPERLINK("http://x"),销售部,经办\n'.encode()
    page = client.post("/people/join/", {"file": SimpleUploadedFile("x.csv", content)})
    assert page.status_code == 422
    rows = page.context["rows"]
    back = client.post("/people/join/marked/", {"rows": rows}).content
    sheet = load_workbook(io.BytesIO(back)).active
    assert sheet is not None
    assert str(sheet.cell(2, 2).value).startswith("'=")
    assert sheet.cell(2, 1).fill.fgColor.rgb == "FFFFE3E0"
    assert "已被使用" in str(sheet.cell(2, 5).value)


def test_rows_changed_between_preview_and_creation_are_refused(world: World, client: Client) -> None:
    """Attack: the signed rows are altered on the way back."""
    world.signed_in(client, "system_admin")
    page = client.post("/people/join/", {"file": SimpleUploadedFile("x.xlsx", workbook([*TEN]))})
    rows = page.context["rows"]
    assert client.post("/people/join/create/", {"rows": rows[:-2] + "xx"}).status_code == 302
    assert not Staff.objects.filter(user_name="xin1").exists()
    done = client.post("/people/join/create/", {"rows": rows})
    assert done.status_code == 200
    assert done["Cache-Control"].startswith("max-age=0")
    again = client.post("/people/join/create/", {"rows": rows})  # sent twice: the names are taken now
    assert again.status_code == 422
    assert Staff.objects.filter(user_name__startswith="xin").count() == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 broken", "XLSX"),
        (b"\xff\xfe\x00\x00", "UTF-8"),
        ("甲,乙\n1,2\n".encode(), "标题行"),
        ("用户名,姓名,部门,角色\n".encode(), "没有人员"),
        (b"x" * (reading.LARGEST + 1), "1 MB"),
        (workbook([("u", "n", "d", "")] * 201), "200"),
    ],
)
def test_a_file_that_is_no_such_table_says_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(reading.UnreadableTable) as refused:
        reading.table(content)
    assert said in refused.value.text.zh


def test_a_workbook_that_swells_is_refused(world: World) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.LARGEST_UNPACKED + 1))
    with pytest.raises(reading.UnreadableTable, match="unpacked"):
        reading.table(out.getvalue())


def test_the_template_reads_back_and_offers_departments_and_roles(world: World, client: Client) -> None:
    world.signed_in(client, "system_admin")
    book = load_workbook(io.BytesIO(client.get("/people/join/template/").content))
    assert [cell.value for cell in book.worksheets[0][1]] == list(HEAD)
    offered = {cell.value for row in book.worksheets[1].iter_rows() for cell in row}
    assert {"销售部", "经办"} <= offered


def test_roles_are_granted_together_and_confirmed_together(world: World, client: Client) -> None:
    made = join(world, TEN)
    world.signed_in(client, "security_admin")
    assert "待我授予的角色" in client.get("/").content.decode()
    ids = [str(one.id) for one in queries.proposals(world.actor("security_admin")) if one.role == "clerk"]
    client.post("/people/roles/proposed/", {"chosen": ids, "verb": "grant"})
    rest = [str(one.id) for one in queries.proposals(world.actor("security_admin"))]
    client.post("/people/roles/proposed/", {"chosen": rest, "verb": "decline"})
    assert not queries.proposals(world.actor("security_admin")).exists()
    assert not signs_in(Client(), "xin1", made[1].password)
    world.signed_in(client, "sales_head")
    waiting = [str(one.id) for one in queries.confirmable(world.actor("sales_head"))]
    assert len(waiting) == 10
    client.post("/people/roles/waiting/", {"chosen": waiting})
    assert {tuple(one.roles) for one in Staff.objects.filter(user_name__startswith="xin")} == {("clerk",)}


def test_another_departments_head_confirms_none_of_them(world: World, client: Client) -> None:
    join(world, TEN[1:2])
    (asked,) = queries.proposals(world.actor("security_admin"))
    services.decide(actor=world.actor("security_admin"), proposals=[asked.id], grant=True, now=clock.now())
    assignment = RoleAssignment.objects.get(staff__user_name="xin1")
    world.signed_in(client, "service_head")
    client.post("/people/roles/waiting/", {"chosen": [str(assignment.id)]})
    assignment.refresh_from_db()
    assert assignment.confirmed_at is None


def test_a_role_that_must_stay_apart_stays_proposed_with_the_reason(world: World) -> None:
    (made,) = join(world, [("apart", "分立", "信息技术部", "审计管理员")])
    people.grant_role(actor=world.actor("security_admin"), staff_id=made.staff.id, role=Role.SYSTEM_ADMIN)
    (asked,) = queries.proposals(world.actor("security_admin"))
    done, refused = services.decide(
        actor=world.actor("security_admin"), proposals=[asked.id], grant=True, now=clock.now()
    )
    assert done == 0
    assert "三员分立" in refused[0][1].zh
    assert queries.proposals(world.actor("security_admin")).exists()


@pytest.mark.parametrize("who", ["clerk", "sales_head", "security_admin", "officer"])
def test_nobody_but_the_system_administrator_takes_a_table_in(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        join(world, [*TEN], who)


def test_granting_and_confirming_together_asks_for_a_fresh_second_factor(
    world: World, client: Client
) -> None:
    join(world, TEN[1:2])
    (asked,) = queries.proposals(world.actor("security_admin"))
    too_long_ago = factors.FRESH_FOR + timedelta(seconds=5)
    world.signed_in(client, "security_admin")
    note_proof(client, age=too_long_ago)
    chosen = {"chosen": [str(asked.id)], "verb": "grant"}
    assert client.post("/people/roles/proposed/", chosen).status_code == 403
    assert queries.proposals(world.actor("security_admin")).exists()
    world.signed_in(client, "sales_head")
    note_proof(client, age=too_long_ago)
    assert client.post("/people/roles/waiting/", {"chosen": []}).status_code == 403
