"""How somebody arranges a list is theirs alone: filters by name, columns, rows on a page."""

import pytest
from django.test import Client

from shouxin.kit import clock, lists, sealing
from shouxin.kit.lists import Column, Listed
from shouxin.people.lists.models import ListLook, ListQuery, SavedFilter
from tests.world import World, have_keys

pytestmark = pytest.mark.django_db
HOME, FILTERS, LOOK = "/people/staff/", "/lists/staff/filters/", "/lists/staff/look/"


@pytest.fixture
def desk(world: World, client: Client) -> Client:
    return world.signed_in(client, "system_admin")


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of staff as a later version has it: without two of its filters and one of its columns."""
    before = lists.known["staff"]
    after = Listed("staff", before.url_name, ("state",), before.sorts, (Column("user", "用户名"),))
    monkeypatch.setitem(lists.known._entries, "staff", after)


def names(page: Client) -> list[str]:
    return [one.user_name for one in page.get(f"{HOME}?all=1").context["rows"]]


def saved(page: Client) -> list[str]:
    return [one.name for one, _href, _current in page.get(f"{HOME}?all=1").context["list_saved"]]


def test_a_filter_is_kept_by_name_opened_replaced_and_dropped(desk: Client) -> None:
    everybody = len(names(desk))
    kept = desk.post(FILTERS, {"name": "销售", "role": "clerk", "sort": "user"})["Location"]
    clerks = desk.get(kept).context
    assert 0 < len(clerks["rows"]) < everybody
    assert clerks["asked"].sort.key == "user"
    assert all("clerk" in one.roles for one in clerks["rows"])
    desk.post(FILTERS, {"name": "销售", "role": "head", "opens": "1"})  # the same name: another filter
    (one,) = SavedFilter.objects.all()
    assert (one.query, one.opens) == ({"role": "head"}, True)
    heads = desk.get(HOME).context["rows"]  # what the list opens with
    assert heads
    assert all("head" in staff.roles for staff in heads)
    assert len(names(desk)) == everybody
    desk.post(f"/lists/filters/{one.id}/", {"verb": "open"})
    assert len(desk.get(HOME).context["rows"]) == everybody
    assert saved(desk) == ["销售"]
    desk.post(f"/lists/filters/{one.id}/", {"verb": "forget"})
    assert saved(desk) == []


def test_what_no_browser_sends_is_kept_as_far_as_it_can_be(desk: Client, world: World) -> None:
    """Neither a NUL nor a text without end makes a page fail, and neither is kept."""
    kept = desk.post(FILTERS, {"name": "甲\0", "role": "cle\0rk", "state": "\0", "sort": "x" * 5000})
    (one,) = SavedFilter.objects.all()
    assert (one.name, one.query["role"], len(one.query["sort"])) == ("甲", "clerk", 100)
    assert "state" not in one.query
    assert desk.get(kept["Location"]).status_code == 200
    narrowed = desk.post(HOME, {"role": "\0", "word": "\0"})
    assert narrowed.status_code == 302
    assert desk.get(narrowed["Location"]).status_code == 200
    assert names(desk) == [one.user_name for one in desk.get(f"{HOME}?role=%00").context["rows"]]
    officer = world.signed_in(Client(), "officer")
    assert officer.get("/access/grants/?state=%00&purpose=%00").status_code == 200


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", {"role": "clerk"}, "起一个名称"),
        ("空", {}, "还没有筛选条件"),
        ("找 13812345678", {"role": "clerk"}, "个人信息"),
    ],
)
def test_nothing_is_kept_without_a_filter_a_name_or_with_a_persons_number(
    desk: Client, name: str, query: dict[str, str], said: str
) -> None:
    page = desk.post(FILTERS, {"name": name, **query}, follow=True).content.decode()
    assert said in page
    assert not SavedFilter.objects.exists()


def test_anothers_filter_is_never_shown_opened_or_dropped(desk: Client, world: World) -> None:
    desk.post(FILTERS, {"name": "我的", "role": "clerk", "opens": "1"})
    (one,) = SavedFilter.objects.all()
    other = world.signed_in(Client(), "security_admin")
    assert saved(other) == []
    assert len(other.get(f"{HOME}?view={one.id}").context["rows"]) == len(names(other))
    for verb in ("open", "forget"):
        assert other.post(f"/lists/filters/{one.id}/", {"verb": verb}).status_code == 404
    one.refresh_from_db()
    assert one.opens


def test_columns_and_rows_are_each_persons_own(desk: Client, world: World) -> None:
    desk.post(LOOK, {"column": ["department"], "size": "20"})
    page = desk.get(HOME)
    assert page.context["list_shown"] == {"department"}
    assert 'data-label="用户名"' not in page.content.decode()
    assert 'data-label="部门"' in page.content.decode()
    assert page.context["asked"].place.size == 20
    other = world.signed_in(Client(), "security_admin").get(HOME)
    assert other.context["list_shown"] == {"user", "department", "roles"}
    refused = desk.post(LOOK, {"column": ["user"], "size": "100000"}, follow=True)
    assert "请选择每页行数" in refused.content.decode()
    assert ListLook.objects.get().size == 20


@pytest.mark.usefixtures("changed")
def test_what_a_list_no_longer_has_is_left_out(desk: Client) -> None:
    SavedFilter.objects.create(
        staff_id=desk.session["_auth_user_id"],
        list_key="staff",
        name="旧",
        opens=True,
        query={"role": "clerk", "state": "active"},
        saved_at=clock.now(),
    )
    ListLook.objects.create(staff_id=desk.session["_auth_user_id"], list_key="staff", left_out=["roles"])
    page = desk.get(HOME)
    assert page.status_code == 200
    assert page.context["asked"].query == {"state": "active"}
    assert [key for key, _title, _shown in page.context["list_columns"]] == ["user"]
    assert page.context["list_shown"] == {"user"}


def test_a_name_that_is_typed_stands_in_no_address_and_is_kept_sealed(desk: Client, world: World) -> None:
    have_keys()
    name = world.people["clerk"].display_name
    answer = desk.post(HOME, {"words": name, "state": "active"})
    assert name not in answer["Location"]
    assert "words" not in answer["Location"]
    page = desk.get(answer["Location"])
    assert [one.id for one in page.context["rows"]] == [world.people["clerk"].id]
    assert desk.get(f"{HOME}?words={name}&all=1").context["asked"].query == {}
    kept = desk.post(FILTERS, {"name": "他", "words": name, "state": "active"})["Location"]
    assert [one.id for one in desk.get(kept).context["rows"]] == [world.people["clerk"].id]
    for row in (ListQuery.objects.get(), SavedFilter.objects.get()):
        assert row.query == {"state": "active"}  # the name lies sealed beside it
        assert name.encode() not in bytes(row.sealed or b"")
    plain = desk.post(
        HOME, {"words": "", "state": "active"}
    )  # nothing typed: the address says it, and can be kept
    assert plain["Location"] == f"{HOME}?all=1&state=active"
    other = world.signed_in(Client(), "security_admin").get(answer["Location"])
    assert other.context["asked"].over


def test_without_keys_nothing_that_is_typed_is_kept_and_the_list_says_so(
    desk: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    have_keys()
    name = world.people["clerk"].display_name
    kept = desk.post(FILTERS, {"name": "他", "words": name, "opens": "1"})["Location"]
    token = desk.post(HOME, {"words": name})["Location"]

    def none_now() -> None:
        raise sealing.Unavailable

    monkeypatch.setattr(sealing, "_sealer", none_now)
    for address in (kept, token, HOME):
        assert "密钥服务现在不可用" in desk.get(address).content.decode()
    assert "密钥服务现在不可用" in desk.post(HOME, {"words": name}, follow=True).content.decode()
    assert len(desk.get(f"{HOME}?state=active&all=1").context["rows"]) > 1
    assert (ListQuery.objects.count(), SavedFilter.objects.count()) == (1, 1)
