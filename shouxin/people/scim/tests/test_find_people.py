"""A directory's searches are answered by the database, and say what SCIM says."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from scim2_models import ScimFilter

from shouxin.people.scim import finding, queries
from shouxin.people.scim.resources import Group, User, group_of, user_of
from shouxin.people.scim.tests.conftest import GROUP, USER, Directory

pytestmark = pytest.mark.django_db
BASE = "http://testserver/scim/v2"


@pytest.fixture
def people(directory: Directory) -> list[UUID]:
    """Three people that differ in everything a filter can name, and two groups."""
    body = {"schemas": [USER], "userName": "wang_x"}  # states neither name nor whether it is active
    found = [
        directory.user("Zhao", externalId="E-1", displayName="赵一"),
        directory.user("qian%", externalId="e-1", displayName="Qian Er", active=False),
        UUID(directory.ask("POST", "Users", body).json()["id"]),
    ]
    directory.group("销售", *found[:2])
    directory.ask("POST", "Groups", {"schemas": [GROUP], "displayName": "Empty", "externalId": "g"})
    return found


USER_FILTERS = [
    'userName eq "ZHAO"',
    'userName eq "zha"',
    'userName ne "zhao"',
    'USERNAME sw "Q"',
    'userName co "%"',
    'userName co "_"',
    'userName ew "o"',
    'userName eq "\\u0000"',
    'userName ne "\\u0000"',
    'externalId eq "E-1"',
    "externalId eq null",
    'externalId ne "E-1"',
    "externalId ne null",
    "externalId pr",
    "not (externalId pr)",
    'not (externalId sw "E")',
    'not (displayName sw "q")',
    'id eq "{0}"',
    'id ne "{0}"',
    'id eq "nothing"',
    'id eq "{0}" or id eq "{1}"',
    "id pr",
    "active eq true",
    "active eq false",
    "active ne true",
    "active pr",
    'displayName eq "qian er"',
    'displayName co "赵"',
    'displayName ne "赵一"',
    "displayName pr",
    "not (displayName pr)",
    "groups pr",
    'groups.value eq "{group}"',
    'groups[value eq "{group}"]',
    'groups[value eq "x"]',
    'meta.created gt "2020-01-01T00:00:00Z"',
    'meta.lastModified lt "2020-01-01T00:00:00Z"',
    'userName sw "z" and active eq true',
    'userName sw "z" or (externalId eq "e-1" and not (active eq true))',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "zhao"',
    # judged row by row
    'userName gt "r"',
    'userName gt "a" and active eq true',
    'groups.display eq "销售"',
    'groups[display sw "销"]',
    'id sw "0"',
]
GROUP_FILTERS = [
    'displayName eq "EMPTY"',
    'displayName co "售"',
    'externalId eq "g"',
    'id eq "{group}"',
    'members eq "{0}"',
    'members.value eq "{0}"',
    'members[value eq "{2}"]',
    'id eq "{group}" and members eq "{1}"',
    "members pr",
    "not (members pr)",
    'members.type eq "User"',
]


def asked(directory: Directory, place: str, **given: str) -> Any:
    parts = "&".join(f"{key}={quote(value)}" for key, value in given.items())
    return directory.ask("GET", f"{place}?{parts}")


def shown(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["totalResults"] == len(body["Resources"])
    return [one["id"] for one in body["Resources"]]


def test_the_database_answers_as_the_standard_says(directory: Directory, people: list[UUID]) -> None:
    """Each filter once by the front door and once by the library's own judgement of every resource."""
    users = [user_of(row, BASE) for row in queries.people(directory.connection)]
    groups = [group_of(row, BASE) for row in queries.groups(directory.connection)]
    told = {"group": next(str(one.id) for one in groups if one.display_name == "销售")}
    for place, model, resources, filters in (
        ("Users", User, users, USER_FILTERS),
        ("Groups", Group, groups, GROUP_FILTERS),
    ):
        for pattern in filters:
            text = pattern.format(*people, **told)
            wanted: Any = ScimFilter[model](text)  # type: ignore[valid-type]
            right = [one.id for one in resources if wanted.match(one)]
            assert shown(asked(directory, place, filter=text)) == right, text


@pytest.mark.parametrize("by", ["userName", "displayName", "externalId", "id", "active", "meta.created"])
@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_sorted_in_the_database_as_without(
    directory: Directory, people: list[UUID], monkeypatch: pytest.MonkeyPatch, by: str, order: str
) -> None:
    quick = shown(asked(directory, "Users", sortBy=by, sortOrder=order))
    monkeypatch.setattr(finding.Search, "_order", lambda *_: None)
    slow = asked(directory, "Users", sortBy=by, sortOrder=order).json()["Resources"]
    valued = [one["id"] for one in slow if by in one or by in {"id", "meta.created"}]
    assert [one for one in quick if one in valued] == valued
    assert len(quick) == len(people)


def statements(directory: Directory, path: str) -> int:
    with CaptureQueriesContext(
        database,
    ) as seen:
        assert directory.ask("GET", path).status_code == 200
    return sum("scimperson" in one["sql"] or "scimgroup" in one["sql"] for one in seen)


def test_more_people_cost_no_more_statements_and_only_the_page_is_loaded(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [
        f"Users?filter={quote(one)}"
        for one in (
            'userName eq "p1"',
            'externalId eq "id-1"',
            "active eq true",
            'displayName sw "p"',
            'userName sw "p" and active eq true',
        )
    ] + ["Users?count=2&sortBy=userName", "Users"]
    directory.user("p1", externalId="id-1")
    before = [statements(directory, path) for path in paths]
    for number in range(2, 13):
        directory.user(f"p{number}", externalId=f"id-{number}")
    assert [statements(directory, path) for path in paths] == before
    assert max(before) <= 3, "how many, the page, its groups"
    loaded = list[str]()
    resource = finding.Search._resource

    def note(search: finding.Search, row: Any) -> Any:
        loaded.append(row.staff.user_name)
        return resource(search, row)

    monkeypatch.setattr(finding.Search, "_resource", note)
    assert asked(directory, "Users", filter='userName sw "p"', count="2").json()["totalResults"] == 12
    assert len(loaded) == 2


def test_a_filter_that_must_be_judged_row_by_row_is_bounded(
    directory: Directory, people: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_JUDGED", 2)
    answer = asked(directory, "Users", filter='userName gt "a"')
    assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert shown(asked(directory, "Users", filter='userName gt "a" and active eq true')) == [str(people[0])]


def test_a_search_over_both_kinds_is_paged_through(directory: Directory, people: list[UUID]) -> None:
    found = list[str]()
    for start in range(1, 7):
        body = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "startIndex": start,
            "count": 1,
        }
        answer = directory.ask("POST", ".search", body).json()
        assert answer["totalResults"] == 5
        found += [one["id"] for one in answer["Resources"]]
    groups = [str(one.id) for one in queries.groups(directory.connection)]
    assert found == [*map(str, people), *groups]


def test_a_filter_finds_nobody_of_another_connection(directory: Directory) -> None:
    for text in ('userName eq "clerk"', 'not (userName eq "x")', "id pr", 'userName ne "\\u0000"'):
        assert shown(asked(directory, "Users", filter=text)) == []
