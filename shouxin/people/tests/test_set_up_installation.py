"""An empty installation is set up once, by two people, with a link that works once."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.core.policy import Role
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people import queries, services
from shouxin.people.models import Department, SetupLink, Staff
from shouxin.people.services import PeopleError
from tests.world import World, note_proof

pytestmark = pytest.mark.django_db
FORM = {
    "organisation": "小店",
    "first_name": "甲",
    "first_user": "jia",
    "first_password": "mountains and 山水 rivers",
    "second_name": "乙",
    "second_user": "yi",
    "second_password": "clouds over the 湖 lake",
}


def _opened(client: Client) -> Client:
    answer = client.get(services.issue_setup_link())
    assert answer["Location"] == "/setup/", "the token leaves the address at once"
    return client


def test_two_people_get_complementary_log_ins(client: Client) -> None:
    assert _opened(client).get("/setup/").status_code == 200
    assert client.post("/setup/", FORM).status_code == 200
    held = {staff.user_name: {Role(role) for role in staff.roles} for staff in Staff.objects.all()}
    assert held == {
        "jia": {Role.OFFICER},
        "jia-admin": {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
        "yi": {Role.HEAD, Role.CLERK},
        "yi-audit": {Role.AUDIT_ADMIN},
    }
    persons = dict(Staff.objects.values_list("user_name", "person"))
    assert persons["jia"] == persons["jia-admin"] != persons["yi"] == persons["yi-audit"]
    assert set(Department.objects.filter(parent__isnull=False).values_list("name", flat=True)) >= {
        "市场部",
        "销售部",
        "客服部",
        "信息技术部",
    }
    assert "setup.completed" in Entry.objects.values_list("event", flat=True)


@pytest.mark.clause("B3.0")
def test_the_tree_starts_with_the_four_departments_and_can_be_extended(client: Client) -> None:
    _opened(client).post("/setup/", FORM)
    admin = queries.actor_of(Staff.objects.get(user_name="jia-admin"))
    parent = Department.objects.get(name="销售部")
    services.create_department(actor=admin, name="租赁组", parent=parent.id)
    lines = [(depth, department.name) for depth, department in queries.department_tree()]
    assert lines[0] == (0, "小店")
    assert {name for depth, name in lines if depth == 1} == {"市场部", "销售部", "客服部", "信息技术部"}
    assert lines[lines.index((1, "销售部")) + 1] == (2, "租赁组")


def test_two_people_can_go_on_alone(client: Client) -> None:
    _opened(client).post("/setup/", FORM)
    by_name = {staff.user_name: queries.actor_of(staff) for staff in Staff.objects.all()}
    sales = Department.objects.get(name="销售部")
    clerk = services.create_staff(
        actor=by_name["jia-admin"],
        user_name="bing",
        display_name="丙",
        department=sales.id,
        password="x" * 14,
    )
    granted = services.grant_role(actor=by_name["jia-admin"], staff_id=clerk.id, role=Role.CLERK)
    services.confirm_role(actor=by_name["yi"], assignment_id=granted.id)
    assert queries.actor_of(Staff.objects.get(id=clerk.id)).roles == {Role.CLERK}


def test_combined_roles_stand_as_a_remark_before_the_officer(client: Client) -> None:
    _opened(client).post("/setup/", FORM)
    Staff.objects.filter(user_name="jia").update(second_factor_at=clock.now())
    client.force_login(Staff.objects.get(user_name="jia"))
    note_proof(client)
    assert "兼任角色备注" in client.get("/").content.decode()
    page = client.get("/people/staff/?state=remarks").content.decode()
    assert "jia-admin" in page
    assert "yi-audit" not in page


def test_the_officer_is_led_to_a_second_factor_before_anything_else(client: Client) -> None:
    page = _opened(client).post("/setup/", FORM).content.decode()
    assert "二次认证" in page, "told beforehand"
    client.post("/sign-in/", {"username": "jia", "password": FORM["first_password"]})
    assert client.get("/")["Location"] == client.get("/people/staff/")["Location"] == "/second-factor/app/"


def test_the_administrative_log_in_changes_its_password_first(client: Client) -> None:
    _opened(client).post("/setup/", FORM)
    client.post("/sign-in/", {"username": "jia-admin", "password": FORM["first_password"]})
    assert client.get("/")["Location"] == "/password/"


def test_the_link_works_once(client: Client) -> None:
    link = services.issue_setup_link()
    client.get(link)
    client.post("/setup/", FORM)
    late = Client()
    late.get(link)
    assert late.get("/setup/").status_code == 404
    assert late.post("/setup/", FORM).status_code == 404


def test_the_link_ends_after_a_day(client: Client) -> None:
    _opened(client)
    SetupLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert client.post("/setup/", FORM).status_code == 404
    assert not Staff.objects.exists()


def test_a_new_link_ends_the_earlier_one(client: Client) -> None:
    _opened(client)
    services.issue_setup_link()
    assert client.get("/setup/").status_code == 404


def test_only_a_digest_of_the_token_is_kept() -> None:
    token = services.issue_setup_link().partition("token=")[2]
    assert token.encode() not in bytes(SetupLink.objects.get().token_hash)


def test_an_installation_with_people_gives_no_link(world: World) -> None:
    with pytest.raises(PeopleError, match="set_up"):
        services.issue_setup_link()


@pytest.mark.parametrize(
    "change",
    [{"first_password": "short"}, {"second_user": "JIA"}, {"organisation": " "}, {"first_user": "a b"}],
    ids=["weak password", "same name", "no organisation", "bad user name"],
)
def test_a_bad_form_changes_nothing_and_keeps_the_link(client: Client, change: dict[str, str]) -> None:
    assert _opened(client).post("/setup/", FORM | change).status_code == 422
    assert not Staff.objects.exists()
    assert client.post("/setup/", FORM).status_code == 200
