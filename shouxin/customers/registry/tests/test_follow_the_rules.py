"""A change of the rules holds for customers already stored, at the next look."""

import pytest

from shouxin.core.policy import Action, Form, PurposeRule
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.page import entries
from shouxin.customers.registry.queries import Cell
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.services import Refused
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.catalogue import grading
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.purposes import services as purposes
from tests.register import FOOTING, SALES, Register, kept


def _seen(register: Register, field: str) -> Cell:
    view = queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["li"]),
        fields=[field],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    return view.cells[field]


def test_a_raised_level_hides_what_was_shown_before(register: Register) -> None:
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=1,
        values=kept({"member_level": "金卡"}),
        now=clock.now(),
    )
    before = _seen(register, "member_level")
    assert (before.form, before.text) == (Form.CLEAR, "金卡")
    grading.raise_grade(register.world.actor("officer"), key="member_level", level=3, reason="投诉后从严")
    after = _seen(register, "member_level")
    assert after.form is Form.HIDDEN
    assert "金卡" not in str(after)


@pytest.mark.clause("A1.1")
def test_a_use_under_a_retired_purpose_is_refused_with_its_article(register: Register) -> None:
    assert _seen(register, "mobile").text == "138****5678"
    purposes.retire_purpose(register.world.actor("officer"), key=SALES, reason="不再销售")
    with pytest.raises(Refused) as refused:
        _seen(register, "mobile")
    assert "个人信息保护法" in refused.value.refusal.article
    told = of_events(["read.refused"])[0]
    assert told.actor == register.world.actor("clerk").pseudonym
    assert told.data["code"] == refused.value.refusal.code


def test_a_retired_field_is_gone_from_the_page(register: Register) -> None:
    catalogue.deactivate_field(register.world.actor("officer"), key="mobile", reason="不再收集")
    with pytest.raises(KeyError):
        _seen(register, "mobile")


def test_the_timeline_names_no_field_of_another_use(register: Register) -> None:
    created = entries(register["huaxin"], _purpose(SALES), register.world.actor("clerk"))[-1]["sentence"]
    assert "折扣" in created
    elsewhere = entries(register["huaxin"], _purpose("service"), register.world.actor("clerk"))[-1][
        "sentence"
    ]
    assert "折扣" not in elsewhere
    assert "销售额" not in elsewhere
    assert "个字段" in elsewhere


def _purpose(key: str) -> PurposeRule:
    found = rulebooks["rulebook"].purpose(key)
    assert found is not None
    return found
