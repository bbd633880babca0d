"""A field graded stricter leaves the grants that were given before; and even one that still names it opens nothing."""

import pytest

from shouxin.access.grants.models import StandingGrant, State
from shouxin.core.policy import Action
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.gate.services import Refused, open_contact
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.rulebook.catalogue import effects, grading
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.catalogue.grading import Grade
from shouxin.rulebook.catalogue.models import Field
from tests.register import SALES, Register, grant


def test_an_old_grant_does_not_open_what_became_sensitive(register: Register) -> None:
    held = grant(register)
    officer = register.world.actor("officer")
    catalogue.decide_flag(officer, key="mobile", flag="sensitive", value=True, reason="从严")
    assert sorted(StandingGrant.objects.get(id=held).fields) == ["contact_mobile", "person_name"]
    StandingGrant.objects.filter(id=held).update(fields=["mobile"])  # and even if it still named it
    _contact(register)
    with pytest.raises(Refused, match=r"grant\.sensitive"):
        _reveal(register, "mobile")


def test_an_old_grant_does_not_reach_level_four(register: Register) -> None:
    held = grant(register)
    officer = register.world.actor("officer")
    grading.raise_grade(officer, key="mobile", level=4, reason="从严")
    assert sorted(StandingGrant.objects.get(id=held).fields) == ["contact_mobile", "person_name"]
    StandingGrant.objects.filter(id=held).update(fields=["mobile"])
    _contact(register)
    with pytest.raises(Refused, match=r"grant\.level"):
        _reveal(register, "mobile")


def test_an_old_grant_does_not_open_what_became_a_trade_secret(register: Register) -> None:
    held = grant(register)
    officer = register.world.actor("officer")
    catalogue.decide_flag(officer, key="mobile", flag="trade_secret", value=True, reason="重点客户联系方式")
    assert "mobile" not in StandingGrant.objects.get(id=held).fields
    StandingGrant.objects.filter(id=held).update(fields=["mobile"])
    _contact(register)
    with pytest.raises(Refused, match=r"grant\.secret"):
        _reveal(register, "mobile")


def _contact(register: Register) -> None:
    open_contact(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        reason_class="order",
        note="",
        now=clock.now(),
    )


def _reveal(register: Register, field: str) -> None:
    queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["li"]),
        fields=[field],
        action=Action.REVEAL,
        reason="核对",
        now=clock.now(),
    )


def test_a_grant_of_that_field_alone_ends_and_this_is_said_before(register: Register) -> None:
    held = grant(register)
    StandingGrant.objects.filter(id=held).update(fields=["mobile"])
    change = grading.regrading(Field.objects.get(key="mobile"), Grade(4))
    assert "1 份用数授权或申请终止。" in {text.zh for text in effects.foresee(change)}
    grading.raise_grade(register.world.actor("officer"), key="mobile", level=4, reason="从严")
    assert StandingGrant.objects.get(id=held).state == State.ENDED
    assert Entry.objects.filter(event="grant.ended").count() == 1


def test_raising_within_what_a_grant_may_hold_leaves_it(register: Register) -> None:
    held = grant(register)
    StandingGrant.objects.filter(id=held).update(fields=["gender"])
    grading.raise_grade(register.world.actor("officer"), key="gender", level=3, reason="从严")
    assert StandingGrant.objects.get(id=held).fields == ["gender"]
