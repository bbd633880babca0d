"""What directories in use really send and ask."""

from typing import Any

import pytest

from shouxin.journal.models import Entry
from shouxin.people.models import Staff
from shouxin.people.scim.tests.conftest import USER, Directory
from tests.world import World

pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["userName"] for one in answer.json()["Resources"]]


def test_what_is_not_kept_is_passed_over_and_the_name_is_found(directory: Directory) -> None:
    body = {
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "userName": "zhangsan",
        "externalId": "E-1",
        "name": {"familyName": "张", "givenName": "三"},
        "emails": [{"value": "zhangsan@example.com", "type": "work", "primary": True}],
        "password": "never kept here",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "1"},
    }
    made = directory.ask("POST", "Users", body)
    assert made.status_code == 201
    assert made["Location"] == made.json()["meta"]["location"]
    assert "emails" not in made.json()
    staff = Staff.objects.get(id=made.json()["id"])
    assert (staff.display_name, staff.has_usable_password()) == ("张三", False)


def test_filter_sorting_and_paging(directory: Directory) -> None:
    for name in ("zhao", "qian", "sun"):
        directory.user(name, externalId=f"id-{name}")
    assert names(directory.ask("GET", "Users?filter=userName%20eq%20%22QIAN%22")) == ["qian"]
    assert names(directory.ask("GET", "Users?filter=externalId%20eq%20%22id-sun%22")) == ["sun"]
    assert names(directory.ask("GET", "Users?filter=userName%20sw%20%22x%22")) == []
    assert names(directory.ask("GET", "Users?sortBy=userName&startIndex=2&count=1")) == ["sun"]
    nothing = directory.ask("GET", "Users?count=0").json()
    assert (nothing["totalResults"], nothing["Resources"]) == (3, [])
    sneaking = "Users?filter=userName%20eq%20%22x%22%20or%20password%20pr"
    assert directory.ask("GET", sneaking).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{", '{"schemas": []}', "null"])
def test_a_body_that_is_no_user_gets_a_scim_error(directory: Directory, body: str) -> None:
    answer = directory.client.generic(
        "POST",
        "/scim/v2/Users",
        body,
        "application/scim+json",
        HTTP_AUTHORIZATION=f"Bearer {directory.token}",
    )
    assert answer.status_code == 400
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_the_journal_tells_what_the_directory_did_without_names(world: World, directory: Directory) -> None:
    staff = directory.user("zhangsan", displayName="张三丰")
    directory.patch(f"Users/{staff}", {"op": "replace", "path": "displayName", "value": "张君宝"})
    directory.group("机密项目组", staff)
    entries = Entry.objects.filter(actor=directory.connection.pseudonym)
    assert sorted(entries.values_list("event", flat=True)) == [
        "scim.group_added",
        "staff.created",
        "staff.renamed",
    ]
    bodies = b"".join(bytes(body) for body in entries.values_list("body", flat=True))
    for word in ("zhangsan", "张三丰", "张君宝", "机密"):
        assert word.encode() not in bodies
