"""A model that migrations add is rendered alone, knows those it refers to, and they know it."""

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from shouxin.operations.server.migrating import rendered_once


def model(name: str, **fields: models.Field) -> ModelState:  # type: ignore[type-arg]
    return ModelState("shop", name, [("id", models.AutoField(primary_key=True)), *fields.items()])


def test_a_new_model_is_rendered_alone_and_related_both_ways() -> None:
    state = ProjectState()
    state.add_model(model("Person"))
    state.add_model(model("Order", buyer=models.ForeignKey("shop.Person", models.CASCADE)))
    before = [state.apps.get_model("shop", name) for name in ("person", "order")]
    with rendered_once():
        state.add_model(model("Line", order=models.ForeignKey("shop.Order", models.CASCADE)))
        state.add_model(model("Gift", given=models.ManyToManyField("shop.Person")))
    person, order = (state.apps.get_model("shop", name) for name in ("person", "order"))
    line, gift = (state.apps.get_model("shop", name) for name in ("line", "gift"))
    assert [person, order] == before
    assert line._meta.get_field("order").related_model is order
    assert [one.related_model for one in order._meta.related_objects] == [line]
    assert {one.related_model for one in person._meta.related_objects} == {order, gift}
    assert gift.given.through._meta.get_field("person").related_model is person


def test_a_model_that_changes_is_rendered_with_all_that_refer_to_it() -> None:
    state = ProjectState()
    state.add_model(model("Person"))
    state.add_model(model("Order", buyer=models.ForeignKey("shop.Person", models.CASCADE)))
    order = state.apps.get_model("shop", "order")
    with rendered_once():
        state.add_field("shop", "person", "name", models.CharField(max_length=9), preserve_default=True)
    again = state.apps.get_model("shop", "order")
    assert again is not order
    assert again._meta.get_field("buyer").related_model._meta.get_field("name").max_length == 9
