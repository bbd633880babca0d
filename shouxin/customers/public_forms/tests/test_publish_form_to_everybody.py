"""A form goes before the public by two people, where it can be asked without telling who is registered."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.collection import rules as collection
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.intake.mapping import CUSTOMER_KEY
from shouxin.customers.public_forms import queries, rules, services
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.public_forms.problems import PublicProblem
from shouxin.customers.public_forms.tests.cast import ASKED, opened, proposed
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ruled")]


def test_one_asks_and_another_approves_on_the_screen(world: World, client: Client) -> None:
    version = published(world, ASKED)
    world.signed_in(client, "sales_head")
    new = f"/customers/forms/{version.form_id}/public/new/"
    assert new in client.get(f"/customers/forms/{version.id}/").content.decode()
    sent = {
        "department": str(world.departments["sales"].id),
        "ends_on": collection.day_of(clock.now()).isoformat(),
        "maximum": "5",
        "becomes": "customer",
        "origins": "https://www.Example.com/\n",
    }
    assert client.post(new, {**sent, "origins": "ftp://x"}).status_code == 422
    assert client.post(new, {**sent, "ends_on": "2020-01-01"}).status_code == 422
    there: Any = client.post(new, sent)
    assert there.status_code == 302
    row = PublicForm.objects.get()
    assert row.origins == ["https://www.example.com"]
    approve = f"/customers/public-forms/{row.id}/approve/"
    assert client.post(approve).status_code == 422  # one's own
    assert approve not in client.get(there.url).content.decode()
    officer = world.signed_in(Client(), "officer")
    assert approve in officer.get(there.url).content.decode()
    assert (
        f"/customers/public-forms/{row.id}/"
        in officer.get("/customers/public-forms/?show=waiting").content.decode()
    )
    unproved = world.signed_in(Client(), "officer", proved=False)
    assert unproved.post(approve).status_code == 302
    row.refresh_from_db()
    assert row.state == "proposed"
    assert officer.post(approve).status_code == 302
    page = officer.get(there.url).content.decode()
    assert f"/my/f/{row.code}/" in page
    assert row.key in page
    clerk = world.signed_in(Client(), "clerk")
    assert clerk.post(f"/customers/public-forms/{row.id}/close/", {"reason": "x"}).status_code == 403
    assert officer.post(f"/customers/public-forms/{row.id}/close/", {"reason": "结束"}).status_code == 302
    assert [line.event for line in queries.story_of(row)][:1] == ["public_form.closed"]


def lacking(world: World, version: Any) -> list[str]:
    with pytest.raises(PublicProblem) as caught:
        proposed(world, version)
    return [one.code for one in caught.value.lacks]


def test_what_would_tell_who_is_registered_cannot_be_public(world: World) -> None:
    known = published(world, ASKED, said={"known_only": True})
    assert lacking(world, known) == ["public.known-only"]
    numbered = published(world, (*ASKED, (CUSTOMER_KEY, "optional", False)))
    assert lacking(world, numbered) == ["public.key"]


def test_a_purpose_that_does_not_name_the_service_cannot_be_public(world: World) -> None:
    content = forms.content_of(published(world, ASKED))
    book = rulebooks["rulebook"]
    rule = book.purpose(content.purpose)
    assert rule is not None
    assert rules.lacks(content, book.fields(), rule) == []
    without = replace(rule, services=frozenset({"messages"}))
    assert [one.code for one in rules.lacks(content, book.fields(), without)] == ["public.purpose"]


def test_nobody_publishes_alone_or_for_departments_of_others(world: World) -> None:
    row = proposed(world)
    with pytest.raises(PublicProblem, match="needs-two"):
        services.approve(actor=world.actor("sales_head"), public_form=row.id, now=clock.now())
    with pytest.raises(PublicProblem, match="department"):
        proposed(world, department=world.departments["it"].id)
    services.refuse(actor=world.actor("officer"), public_form=row.id, reason="不需要", now=clock.now())
    with pytest.raises(PublicProblem, match="wrong-state"):
        services.approve(actor=world.actor("officer"), public_form=row.id, now=clock.now())
    assert opened(world).state == "open"


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("HTTPS://Example.com:8443/", "https://example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://www.example.com", None),
        ("https://example.com/path", None),
        ("https://user@example.com", None),
        ("https://*.example.com", None),
        ("null", None),
        ("https://example.com:99999", None),
    ],
)
def test_web_sites_are_named_as_browsers_name_them(typed: str, origin: str | None) -> None:
    assert rules.origin_of(typed) == origin
