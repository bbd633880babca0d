"""Two customers are merged: connected systems are told by their tokens, programs by id; high risk objects."""

import pytest

from shouxin.access.highrisk import services as risk
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.api.tests.conftest import Make
from shouxin.api.tests.test_keep_tokens import tokens
from shouxin.customers.duplicates import merging
from shouxin.customers.duplicates.models import Merge
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)


def merge(register: Register, into: str = "li", gone: str = "zhang") -> Merge:
    rows = dict(Customer.objects.values_list("id", "revision"))
    return merging.merge(
        actor=register.world.actor("sales_head"),
        purpose=SALES,
        survivor=register[into],
        absorbed=register[gone],
        revisions=(rows[register[into]], rows[register[gone]]),
        chosen=[],
        now=clock.now(),
    )


def undo(register: Register, row: Merge) -> None:
    merging.undo(actor=register.world.actor("sales_head"), purpose=SALES, merge=row.id, now=clock.now())


def test_a_crm_is_told_into_whose_token_and_told_again_when_it_is_undone(
    program: Make, register: Register
) -> None:
    app = program()
    (zhang,) = tokens(app, "zhang")
    row = merge(register)
    (told,) = app.call("POST", "changes:list", {})[1]["changes"]
    survivor = CustomerToken.objects.get(customer_id=register["li"], field="")
    assert (told["token"], told["merged_into"], told["fields"]) == (zhang["token"], survivor.token, [])
    assert str(register["li"]) not in str(told)
    undo(register, row)
    back = CustomerChange.objects.filter(token=zhang["token"]).order_by("-id")[0]
    assert (back.merged_into, set(back.fields) >= {"mobile", "person_name"}) == ("", True)


def test_who_holds_no_token_of_the_absorbed_is_told_nothing_of_it(program: Make, register: Register) -> None:
    app = program()
    tokens(app, "huaxin")
    merge(register)
    assert app.call("POST", "changes:list", {})[1]["changes"] == []


def test_programs_read_who_stands_for_a_customer_and_whose_records_belong_to_it(
    program: Make, register: Register
) -> None:
    app = program()
    merge(register)
    status, answer = app.read(register["zhang"], register["li"], fields=("person_name", "order_no"))
    assert status == 200, answer
    zhang, li = answer["results"]
    assert (zhang["merged_into"], li["merged_from"]) == (str(register["li"]), [str(register["zhang"])])


def test_one_of_high_risk_is_not_merged_with_one_that_is_not(register: Register) -> None:
    head, officer, now = register.world.actor("sales_head"), register.world.actor("officer"), clock.now()
    mark = risk.propose_customer(actor=head, customer=register["zhang"], reason="重要客户", now=now)
    risk.approve(actor=officer, mark=mark.id, now=now)
    with pytest.raises(merging.Objection) as problem:
        merge(register)
    assert "高风险" in problem.value.text.zh
    assert not Merge.objects.exists()
