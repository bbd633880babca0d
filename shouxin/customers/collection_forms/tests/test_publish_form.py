"""A form is published by another person when every field is bound to its purpose with a reason, and frozen then."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shouxin.core.policy import NotAllowed
from shouxin.customers.collection_forms import queries, services
from shouxin.customers.collection_forms.models import FormField, FormKind, FormState, FormVersion
from shouxin.customers.collection_forms.services import FormProblem
from shouxin.customers.collection_forms.tests.cast import PERSON, drafted, published
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.purposes import services as purposes
from tests.register import SALES
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")


def submit(world: World, row: FormVersion) -> None:
    services.submit(actor=world.actor("sales_head"), version=row.id, now=clock.now())


def refused(world: World, row: FormVersion) -> FormProblem:
    with pytest.raises(FormProblem) as caught:
        submit(world, row)
    assert FormVersion.objects.get(id=row.id).state == FormState.DRAFT
    return caught.value


@pytest.mark.clause("A2.1", "B5.1.1")
def test_a_field_without_purpose_or_reason_is_named_and_nothing_is_published(world: World) -> None:
    row = drafted(world, (*PERSON, ("marital_status", "optional", False), ("income", "optional", False)))
    services.ask(
        actor=world.actor("sales_head"),
        version=row.id,
        field="email",
        necessity="optional",
        reason_zh=" ",
        now=clock.now(),
    )
    problem = refused(world, row)
    assert {(one.code, one.field) for one in problem.lacks} == {
        ("field.not-for-purpose", "marital_status"),
        ("field.not-for-purpose", "income"),
        ("field.no-reason", "email"),
    }
    told = " ".join(one.text.zh for one in problem.lacks)
    assert all(name in told for name in ("“婚姻状况”", "“电子邮箱”"))


@pytest.mark.clause("B5.1.1")
def test_only_what_the_purpose_requires_may_be_mandatory(world: World) -> None:
    row = drafted(world, (PERSON[0], ("mobile", "required", True)))
    assert [(one.code, one.field) for one in refused(world, row).lacks] == [("field.not-necessary", "mobile")]
    with pytest.raises(FormProblem, match=r"field\.not-necessary"):
        services.ask(
            actor=world.actor("sales_head"),
            version=row.id,
            field="email",
            necessity="optional",
            mandatory=True,
            now=clock.now(),
        )
    with pytest.raises(IntegrityError, match="form_only_necessary_is_mandatory"), transaction.atomic():
        FormField.objects.filter(version=row, field_id="mobile").update(necessity="optional")


def test_what_the_purpose_requires_must_be_asked(world: World) -> None:
    row = drafted(world, (("mobile", "optional", False), ("interaction_note", "optional", False)))
    missing = {one.field for one in refused(world, row).lacks if one.code == "field.required"}
    assert missing == {"person_name", "interaction_note", "interaction_at"}
    known = drafted(world, (("mobile", "optional", False),), said={"known_only": True})
    submit(world, known)


def test_a_form_under_a_purpose_out_of_use_is_not_published(world: World) -> None:
    row = drafted(world, said={"purpose": "marketing"})
    purposes.retire_purpose(world.actor("officer"), key="marketing", reason="暂不推广")
    assert [one.code for one in refused(world, row).lacks] == ["purpose.inactive"]


def test_another_person_publishes_and_nobody_elses_word_counts(world: World) -> None:
    row = drafted(world, by="sales_head")
    submit(world, row)
    for who, code in (("sales_head", "form.needs-two"), ("officer", "form.changed-meanwhile")):
        seen = queries.digest_of(row) if who == "sales_head" else "0" * 64
        with pytest.raises(FormProblem) as caught:
            services.publish(actor=world.actor(who), version=row.id, seen=seen, now=clock.now())
        assert caught.value.code == code
    with pytest.raises(NotAllowed):
        services.publish(
            actor=world.actor("clerk"), version=row.id, seen=queries.digest_of(row), now=clock.now()
        )
    done = services.publish(
        actor=world.actor("officer"), version=row.id, seen=queries.digest_of(row), now=clock.now()
    )
    rule = rulebooks["rulebook"].purpose(SALES)
    assert rule is not None
    assert (done.state, done.notice_version) == (FormState.PUBLISHED, rule.notice_version_id)
    assert of_events(["form.published"])[0].data["sha256"] == done.content_sha256


@pytest.mark.clause("A2.1")
@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.asked.filter(field_id="mobile").update(reason_zh="另一个理由"),
        lambda row: row.asked.filter(field_id="mobile").delete(),
        lambda row: FormField.objects.create(version=row, field_id="uscc", position=9, necessity="optional"),
        lambda row: FormVersion.objects.filter(id=row.id).update(purpose="service"),
        lambda row: FormVersion.objects.filter(id=row.id).update(state="draft"),
        lambda row: FormVersion.objects.filter(id=row.id).update(content_sha256="0" * 64),
    ],
)
def test_what_was_published_never_changes(world: World, change: Any) -> None:
    row = published(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(row)
    assert queries.sound(row).keys == {"person_name", "mobile", "email"}


def test_a_change_behind_the_guards_is_noticed(world: World, superuser: Any) -> None:
    row = drafted(world)
    row.content_sha256 = queries.digest_of(row)
    FormField.objects.filter(version=row, field_id="mobile").update(reason_zh="改过的理由")
    with pytest.raises(queries.FormAltered):
        queries.sound(row)


def test_a_new_version_takes_the_place_of_the_old_one(world: World) -> None:
    first = published(world)
    second = services.draft_next(actor=world.actor("sales_head"), form=first.form_id, now=clock.now())
    assert queries.published_version(first.form_id) == first
    with pytest.raises(FormProblem, match=r"form\.in-work"):
        services.draft_next(actor=world.actor("sales_head"), form=first.form_id, now=clock.now())
    services.drop(actor=world.actor("sales_head"), version=second.id, field="email", now=clock.now())
    submit(world, second)
    services.publish(
        actor=world.actor("officer"), version=second.id, seen=queries.digest_of(second), now=clock.now()
    )
    assert queries.published_version(first.form_id) == second
    assert FormVersion.objects.get(id=first.id).state == FormState.WITHDRAWN
    services.withdraw(actor=world.actor("officer"), version=second.id, reason="不再需要", now=clock.now())
    assert queries.published_version(first.form_id) is None


def test_fields_change_places(world: World) -> None:
    row = drafted(world)

    def order() -> list[str]:
        return [one.field_id for one in queries.asked(row)]

    def move(field: str, *, up: bool) -> None:
        services.move(actor=world.actor("sales_head"), version=row.id, field=field, up=up, now=clock.now())

    move("email", up=True)
    assert order() == ["person_name", "email", "mobile"]
    move("person_name", up=True)
    assert order() == ["person_name", "email", "mobile"]
    move("person_name", up=False)
    assert order() == ["email", "person_name", "mobile"]


@pytest.mark.parametrize("kind", FormKind)
def test_a_form_may_be_of_each_of_the_four_kinds(world: World, kind: FormKind) -> None:
    row = published(world, kind=kind)
    assert queries.sound(row).kind == kind.value
