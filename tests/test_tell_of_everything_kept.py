"""Every table that refers to a customer is signed up: what stands in it is found when the person asks what is kept."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from shouxin.core.policy import customer_actor, service_actor
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.journal import services as journal
from shouxin.kit import clock, holdings, ids
from shouxin.kit.holdings import Asking
from shouxin.portal.surveys.models import Answer
from shouxin.portal.surveys.tests.cast import answered as survey_answered
from shouxin.rights import secrecy
from shouxin.rights.arranged.models import Arrangement
from shouxin.rights.arranged.services import arrange
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.tests.cast import filed
from shouxin.rights.feedback import services as feedback
from shouxin.rights.feedback.keeping import Said
from shouxin.rights.feedback.models import Category
from shouxin.rights.satisfaction.tests.cast import serve
from tests.register import FOOTING, PHONE, SALES, Register

OTHERS = {"other", "other_id", "absorbed_id", "absorbed_by", "guardian"}  # customers under another name
# What a row needs to be one the database takes, where any value would not do.
NEEDS: dict[str, dict[str, Any]] = {
    "access_api_client": {
        "purposes": ["sales_contract"],
        "readable": ["mobile"],
        "addresses": ["10.0.0.0/8"],
    },
    "portal_freeze": {"what": "account"},
    "rights_deed": {"purpose": "sales_contract"},
    "rights_package": {
        "state": "taken",
        "sha256": "0" * 64,
        "taken_at": clock.now(),
        "ended_at": clock.now(),
    },
}


def ours() -> Iterator[type[models.Model]]:
    return (
        one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("shouxin.")
    )


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns that refer to customers."""
    found = []
    for one in model._meta.concrete_fields:
        to_customer = isinstance(one, models.ForeignKey) and one.related_model is Customer
        counts = isinstance(one, models.IntegerField)  # how many there were
        named = re.match(r"customers?(_id)?$", one.name) or one.name in OTHERS
        if to_customer or (named and not counts):
            found.append(one.attname)
    return found


def test_every_table_about_customers_is_signed_up() -> None:
    about = {one._meta.db_table for one in ours() if columns_of(one)}
    signed = set(holdings.tables) | set(holdings.technical)
    assert about | {"customers_customer"} == signed
    assert not set(holdings.tables) & set(holdings.technical)
    for table in holdings.tables.values():
        names = {one.name for one in table.model._meta.concrete_fields}
        assert table.reader or all(one.sql or one.key in names for one in table.columns), table.key


def test_everything_kept_about_a_customer_is_told(register: Register) -> None:
    """Every table gets a row about 李小明 and one about 张伟; all of the first are told, and none of the other's."""
    now, li, zhang = clock.now(), register["li"], register["zhang"]
    cases = [filed(register, Kind.KNOW, customer=name).case for name in ("li", "zhang")]
    wanted, others = {("rights_case", str(cases[0].id))}, {("rights_case", str(cases[1].id))}
    category, said = Category.OTHER, Said("意见")
    for about, rows in ((li, wanted), (zhang, others)):
        item = feedback.file(actor=customer_actor(about), category=category, said=said, now=now).item
        rows.add(("rights_feedback", str(item.id)))
        arrange(actor=customer_actor(about), customer=about, allowed=["copy"], now=now)
        rows.add(("rights_arrangement", str(Arrangement.objects.get(customer_id=about).id)))
        survey = survey_answered(register, about)
        answer = Answer.objects.get(survey=survey)
        rows.add(("portal_survey_answer", str(answer.id)))
        rows.add(("rights_contact_score", str(serve(register, now, about).id)))
    for table in holdings.tables.values():
        if table.reader is None and table.model is not Customer:
            wanted.add((table.key, str(make(table.model, li))))
            others.add((table.key, str(make(table.model, zhang))))
    told = {(table.key, row.id) for table, rows in tell(li, now) for row in rows}
    assert wanted - told == set()
    assert others & told == set()
    assert {key for key, _row in told} == set(holdings.tables)


def test_lists_that_the_customer_stood_in_are_told_and_nobody_else_in_them(register: Register) -> None:
    now, li, zhang = clock.now(), register["li"], register["zhang"]
    both = [str(li), str(zhang)]
    for names in (both, both[1:]):
        journal.append(
            actor=register.world.actor("clerk"),
            event="list.viewed",
            purpose=SALES,
            data={"purpose": SALES, "fields": ["mobile"], "count": len(names), "customers": names},
        )
    rows = {table.key: rows for table, rows in tell(li, now)}["journal_entry"]
    lists = [row.said for row in rows if row.said["what"]["en"].startswith("Viewed")]
    assert [one["purpose"] for one in lists] == [SALES]
    assert "in a list" in lists[0]["what"]["en"]
    assert str(zhang) not in str(rows)


def tell(customer: UUID, now: Any) -> list[tuple[holdings.Table, list[holdings.Row]]]:
    asking = Asking(
        service_actor("rights"), secrecy.PURPOSE, [customer], secrecy.told(), "access_package", now
    )
    return [(table, list(rows)) for table, rows in holdings.of(asking)]


def test_values_are_told_with_their_footing_and_what_stood_there_before(register: Register) -> None:
    registry.edit(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        footing=FOOTING,
        values={"mobile": Kept("13900001111", 1)},
        revision=1,
        now=clock.now(),
    )
    rows = {table.key: rows for table, rows in tell(register["li"], clock.now())}["customers_record"]
    mobile = [row.said for row in rows if row.said["field"] == "mobile"]
    assert [(one["value"], one["earlier"]) for one in mobile] == [("13900001111", False), (PHONE, True)]
    assert mobile[0]["purpose"] == "sales_contract"
    assert mobile[0]["source"]["zh"]
    assert "3" in mobile[0]["until"]["zh"]


def make(model: type[models.Model], customer: UUID | None) -> Any:
    """Any row the database takes; about `customer` where one is given."""
    row = model()
    for one in model._meta.concrete_fields:
        setattr(row, one.attname, value_of(model, one, customer))
    for name, value in NEEDS.get(model._meta.db_table, {}).items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row.pk


def value_of(model: type[models.Model], one: "models.Field[Any, Any]", customer: UUID | None) -> Any:
    if one.attname in columns_of(model) and one.name not in OTHERS:
        return [customer] if isinstance(one, ArrayField) else customer
    if one.primary_key and isinstance(one, models.UUIDField):
        return ids.new()
    if one.default is not NOT_PROVIDED:
        return one.get_default()
    if one.name == "file":
        return related(one.related_model, customer)
    if one.null:
        return None
    if one.blank and isinstance(one, models.CharField):
        return ""
    if one.choices:
        return next(value for value, _label in one.choices if value)
    if isinstance(one, models.ForeignKey):
        return related(one.related_model, customer)
    return plain(one)


def related(model: Any, customer: UUID | None) -> Any:
    found = model.objects.filter(customer_id=customer) if columns_of(model) else model.objects.all()
    return found.values_list("pk", flat=True).first() or make(model, customer)


def plain(one: "models.Field[Any, Any]") -> Any:
    if isinstance(one, models.UUIDField):
        return ids.new()
    if isinstance(one, models.DateTimeField):
        return timezone.now()
    if isinstance(one, models.DateField):
        return timezone.now().date()
    if isinstance(one, models.BooleanField):
        return False
    if isinstance(one, models.BinaryField):
        return ids.new().bytes * 2
    if isinstance(one, models.IntegerField | models.FloatField):
        return 1
    if isinstance(one, models.JSONField):
        return {}
    if one.name == "field":
        return "mobile"
    if isinstance(one, ArrayField):
        return ["mobile"] if one.name == "fields" else []
    return ids.new().hex[: getattr(one, "max_length", None) or 32]
