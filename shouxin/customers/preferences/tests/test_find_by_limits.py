"""Customers are found by how they want to be reached, without an index that would tell it to who has the database."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.crypto.indexes import code_of
from shouxin.customers.preferences import rules
from shouxin.customers.registry import search, services
from shouxin.customers.registry.queries import Filters
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.vault.models import SearchToken
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


@pytest.fixture
def wished(register: Register) -> Register:
    """李小明 speaks Cantonese and refuses calls; 张伟 refuses everything; 华信 wants no text messages, in English."""
    for name, values in {
        "li": {rules.LANGUAGE: "粤语", rules.REFUSED: "短信、电话"},
        "zhang": {rules.LANGUAGE: "普通话", rules.REFUSED: "全部"},
        "huaxin": {rules.REFUSED: "SMS; e-mail"},
    }.items():
        services.edit(
            actor=register.world.actor("clerk"),
            footing=FOOTING,
            customer=register[name],
            revision=1,
            values=kept(values),
            now=clock.now(),
        )
    return register


def found(register: Register, term: str = "", who: str = "clerk", **narrow: object) -> set[str]:
    names = {customer: name for name, customer in register.ids.items()}
    hits = search.search(
        actor=register.world.actor(who),
        purpose=SALES,
        term=term,
        now=clock.now(),
        filters=Filters(**narrow),  # type: ignore[arg-type]
    )
    return {names[view.row.id] for view in hits.customers}


def test_a_wish_is_found_as_it_was_written_and_only_within_ones_scope(wished: Register) -> None:
    assert found(wished, wish="language:粤语") == {"li"}
    assert found(wished, wish="refused:phone") == {"li", "zhang"}
    assert found(wished, wish="refused:sms") == {"li", "zhang", "huaxin"}
    assert found(wished, wish="refused:email") == {"zhang", "huaxin"}
    assert found(wished, wish="language:English") == set()
    assert found(wished, wish="refused:phone", who="agent") == set()


def test_a_wish_narrows_what_something_else_finds_and_what_the_filters_leave(wished: Register) -> None:
    assert found(wished, "小明", wish="refused:phone") == {"li"}
    assert found(wished, "小明", wish="refused:email") == set()
    assert found(wished, "13900000000", wish="refused:phone") == set()
    assert found(wished, wish="refused:sms", kind="organisation") == {"huaxin"}
    assert found(wished, wish="refused:sms", mine=True) == {"li", "huaxin"}


def test_the_newest_alone_are_opened_and_the_page_says_so(
    wished: Register, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 1)
    monkeypatch.setattr(search, "_first_lot", lambda _most: 2)
    browser = wished.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    page = browser.post("/customers/find/", {"term": "", "wish": "refused:sms"})
    assert wished["huaxin"] in [view.row.id for view in page.context["found"].customers]
    assert "先核对较新的一部分" in page.content.decode()
    neither = browser.post("/customers/find/", {"term": "", "wish": ""}).content.decode()
    assert "请输入要查找的内容，或选择联系偏好" in neither


def test_no_token_and_no_journal_entry_tells_a_wish(wished: Register) -> None:
    assert found(wished, wish="language:粤语")
    assert not SearchToken.objects.filter(field__in=[code_of(key) for key in rules.FIELDS]).exists()
    last: list[UUID] = [entry.id for entry in Entry.objects.order_by("-id")[:5]]
    bodies = [bytes(entry.body) for entry in Entry.objects.filter(id__in=last)]
    assert not any("粤语".encode() in body for body in bodies)
