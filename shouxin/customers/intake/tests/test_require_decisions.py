"""What keeps an import from being checked: open columns, missing required fields, fields the purpose does not need."""

import pytest

from shouxin.customers.intake import services
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Source
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)


def gaps(
    register: Register, header: tuple[str, ...], columns: list[str | None]
) -> list[tuple[str, int | None, str]]:
    batch = cast.upload(register, cast.table(header, *[["x"] * len(header)] * 2), "f.csv")
    cast.decide(register, batch.id, columns={"": columns}, used={"": True})
    row = ImportBatch.objects.get(id=batch.id)
    with pytest.raises(IntakeProblem) as problem:
        services.request_check(actor=register.world.actor("clerk"), batch=row.id, revision=row.draft_revision)
    assert problem.value.code == "plan.incomplete"
    return [(gap.code, gap.column, gap.field) for gap in problem.value.gaps]


def test_a_column_nobody_decided_on(register: Register) -> None:
    assert gaps(register, ("姓名", "暗号"), ["person_name", None]) == [("plan.column-open", 1, "")]


@pytest.mark.clause("A2.1")
def test_a_field_the_purpose_does_not_need(register: Register) -> None:
    assert gaps(register, ("姓名", "婚姻状况"), ["person_name", "marital_status"]) == [
        ("field.not-for-purpose", 1, "marital_status")
    ]


def test_a_required_field_no_column_holds(register: Register) -> None:
    assert gaps(register, ("姓名", "合同名称"), ["person_name", "contract_name"]) == [
        ("field.required", None, "contract_no")
    ]


def test_orders_without_a_customer_number(register: Register) -> None:
    assert ("field.required", None, "customer_no") in gaps(
        register, ("姓名", "订单编号"), ["person_name", "order_no"]
    )
    assert ("field.required", None, "order_no") in gaps(
        register, ("姓名", "客户编号", "产品名称"), ["person_name", "customer_no", "product_name"]
    )


def test_one_field_in_two_columns(register: Register) -> None:
    assert gaps(register, ("姓名", "名字"), ["person_name", "person_name"]) == [
        ("plan.field-twice", 1, "person_name")
    ]


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"source": Source.EXTERNAL}, "declaration.supplier"),
        ({"purpose": "legal_obligation"}, "declaration.purpose"),
        ({"purpose": "marketing"}, "declaration.consent"),  # a table holds no evidence of who agreed
        ({"purpose": "no_such_purpose"}, "declaration.purpose"),
    ],
)
def test_a_declaration_that_cannot_stand(register: Register, declared: dict[str, object], code: str) -> None:
    batch = cast.upload(register, cast.table(("姓名",), ("王一",)), "f.csv")
    with pytest.raises(IntakeProblem, match=code.replace(".", r"\.")):
        cast.decide(register, batch.id, **declared)  # type: ignore[arg-type]  # passed on


def test_another_departments_customers_are_not_declared(register: Register) -> None:
    batch = cast.upload(register, cast.table(("姓名",), ("王一",)), "f.csv")
    with pytest.raises(IntakeProblem, match=r"declaration\.department"):
        cast.decide(register, batch.id, department=register.world.departments["service"].id)
