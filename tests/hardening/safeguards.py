"""Safeguards as tests take them away: what may be lost in an installation, and what of the product.

Used for the paths whose speed is measured: an attack must bring nothing, and must succeed without its safeguard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shouxin.core.crypto.providers import FileKeyProvider
from shouxin.core.policy import Facts, Form, Permit, Question
from shouxin.core.policy.permit import mint
from shouxin.gate import again, facts
from shouxin.gate import services as gate
from shouxin.journal import rows
from shouxin.journal import services as journal
from shouxin.vault import keyring


@contextmanager
def full_journal(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    """The journal takes no entries."""
    superuser.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$"
    )
    superuser.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    try:
        yield
    finally:
        superuser.execute("DROP FUNCTION full_disk CASCADE")


@contextmanager
def no_root_key() -> Iterator[None]:
    """The root key is gone, whatever is held in memory."""
    path = keyring.root_key_path()
    away = path.rename(path.with_suffix(".away"))
    try:
        yield
    finally:
        away.rename(path)


def permit_everything(question: Question, known: Facts) -> Permit:
    forms = {one: dict.fromkeys(question.fields, Form.CLEAR) for one in question.customers}
    return mint(
        actor=question.actor,
        purpose=question.purpose,
        action=question.action,
        reason=question.reason,
        at=question.now,
        fields={key: known.fields[key] for key in question.fields},
        forms=forms,
        refused={},
        grants=(),
        alarms=(),
    )


def no_permit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate, "decide", permit_everything)


def no_journal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "_insert", lambda _actor, _event, told, _purpose: [UUID(int=1) for _ in told])
    patch.setattr(rows, "beside", lambda _entry: rows.Beside("recorded AS (SELECT 1)", ()))
    patch.setattr(rows, "recorded", lambda: "recorded AS (SELECT 1)")


def keys_for_ever(patch: pytest.MonkeyPatch) -> None:
    """The root key that was read once goes on being used."""
    root = FileKeyProvider(keyring.root_key_path())._root()
    patch.setattr(FileKeyProvider, "_root", lambda _provider: root)


def remembered_facts(patch: pytest.MonkeyPatch) -> None:
    """What was known of a customer stays known."""
    known: dict[tuple[UUID, str], Any] = {}
    work = facts.gather

    def remember(*, actor: Any, **asked: Any) -> Any:
        found = work(actor=actor, **asked)
        for customer, fresh in found.customers.items():
            found.customers[customer] = known.setdefault((customer, actor.name), fresh)
        return found

    patch.setattr(facts, "gather", remember)


def asked_every_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key provider is asked at every use and not once a second, so that no clock has to be waited for."""
    again.forget()  # nothing that was decided without a safeguard is left to another test
    assert keyring.INTERVAL <= 1
    monkeypatch.setattr(keyring.keyring, "_interval", 0.0)
    yield
    again.forget()
