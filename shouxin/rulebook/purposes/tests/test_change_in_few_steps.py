"""A change of a purpose asks the database the same, however many fields the purpose needs."""

from typing import Any

import psycopg
import pytest

from shouxin.rulebook.purposes import services
from shouxin.rulebook.purposes.models import PurposeField
from tests.register import SALES
from tests.world import World


def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements of a change from its reason to the approval."""
    head, officer = world.actor("sales_head"), world.actor("officer")
    found: list[str] = []
    execute = psycopg.Cursor.execute

    def remember(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        found.append(str(query))
        return execute(self, query, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", remember)
        services.revise_purpose(officer, key=SALES, reason="变更")
        services.edit_purpose(head, key=SALES, recipients_zh="无")
        services.submit_purpose(head, key=SALES)
        services.approve_purpose(officer, key=SALES)
    return [one for one in found if "SAVEPOINT" not in one]


def test_a_change_asks_nothing_of_each_field_by_itself(ruled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PurposeField.objects.filter(purpose=SALES).count() > 80
    assert len(asked(ruled, monkeypatch)) <= 20
