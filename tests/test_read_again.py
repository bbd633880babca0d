"""A read like one before it is one statement, which decides and records as the first did, or says nothing at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError

from shouxin.core.ledger.entry import Entry, Repeated, encode
from shouxin.core.policy import Action, Question
from shouxin.core.policy.permit import mint
from shouxin.customers.registry.models import Customer
from shouxin.gate import again, facts
from shouxin.gate import services as gate
from shouxin.journal import rows as journal_rows
from shouxin.kit import clock, direct, early
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue.models import RuleRevision
from shouxin.vault import opening
from shouxin.vault.errors import KeyServiceUnavailable, Tampering
from shouxin.vault.keyring import keyring, root_key_path
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = ("person_name", "mobile")


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    again.forget()
    yield
    again.forget()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []

    def watched(work: Any) -> Any:
        def rows(connection: Any, statement: str, parameters: Any) -> Any:
            seen.append(statement)
            return work(connection, statement, parameters)

        return rows

    monkeypatch.setattr(direct, "rows", watched(direct.rows))
    monkeypatch.setattr(early, "rows", watched(early.rows))
    return seen


def read(register: Register, name: str = "li", **changes: Any) -> gate.Opened:
    given: dict[str, Any] = {
        "actor": register.world.actor("clerk"),
        "purpose": SALES,
        "fields": FIELDS,
        "reason": "order",
        "now": clock.now(),
        **changes,
    }
    return gate.open_sealed(customers=[register[name]], action=Action.READ, **given)


def entries(superuser: psycopg.Connection[Any]) -> list[Any]:
    return superuser.execute(
        "SELECT id, at, event, actor, customer, purpose, body FROM journal_entry"
        " WHERE event LIKE '%%read%%' ORDER BY id"
    ).fetchall()


def test_it_is_one_statement_and_the_same_in_everything(
    register: Register, asked: list[str], superuser: psycopg.Connection[Any]
) -> None:
    """Values, forms and entry; for another customer of whom the same is known, too."""
    Customer.objects.filter(id=register["zhang"]).update(responsible_id=register.world.people["clerk"].id)
    read(register)
    first = read(register)
    asked.clear()
    second = read(register)
    other = read(register, "zhang")
    assert len(asked) == 2
    assert second.revealed.of(register["li"]) == first.revealed.of(register["li"])
    assert replace(second.permit, at=first.permit.at) == first.permit
    assert set(other.permit.forms) == {register["zhang"]}
    found = entries(superuser)
    assert [one[4] for one in found[-3:]] == [register["li"], register["li"], register["zhang"]]
    bodies = [bytes(one[6]) for one in found]
    for identity, at, _event, _actor, customer, _purpose, body in found[1:]:
        like_the_first = (
            bodies[0]
            .replace(str(found[0][0]).encode(), str(identity).encode())
            .replace(str(found[0][4]).encode(), str(customer).encode())
        )
        before = found[0][1].isoformat(timespec="microseconds")[:26]
        assert like_the_first.replace(
            before.encode(), at.isoformat(timespec="microseconds")[:26].encode()
        ) == bytes(body)


def test_what_is_known_otherwise_is_decided_from_the_beginning(
    register: Register, asked: list[str], superuser: psycopg.Connection[Any]
) -> None:
    """Attack: what was allowed is asked again after the customer was given to somebody else alone."""
    read(register)
    read(register)
    boss = register.world.people["sales_head"]
    Customer.objects.filter(id=register["li"]).update(scope="own", responsible_id=boss.id)
    before = len(entries(superuser))
    asked.clear()
    with pytest.raises(gate.Refused):
        read(register)
    assert [one[2] for one in entries(superuser)[before:]] == ["read.refused"]
    assert len(asked) > 1


def test_every_difference_makes_another_kind(register: Register, asked: list[str]) -> None:
    """Other fields, another reason, another purpose, another person, other rules: each is asked from the beginning."""
    world = register.world
    differences: list[dict[str, Any]] = [
        {"fields": ("mobile",)},
        {"reason": "delivery"},
        {"actor": world.actor("sales_head")},
    ]
    read(register)
    for one in differences:
        asked.clear()
        read(register, **one)
        assert len(asked) == 2, one
    assert len(again._kinds) == 4
    RuleRevision.objects.update(token=UUID(int=7))
    asked.clear()
    read(register)
    assert len(asked) > 2


def test_what_has_ended_is_not_used(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grant or a contact by which something was decided ends at its hour, not when somebody looks."""
    read(register)
    ((key, kind),) = again._kinds.items()
    soon = clock.now() + timedelta(minutes=1)
    monkeypatch.setitem(again._kinds, key, replace(kind, until=soon))
    question = Question(
        key[0], SALES, Action.READ, (register["li"],), FIELDS, "order", soon - timedelta(seconds=1)
    )
    assert again.ask(question, None) is not None
    assert again.ask(replace(question, now=soon), None) is None


def test_without_keys_nothing_is_recorded_and_nothing_opens(
    register: Register, superuser: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "_interval", 0.0)
    read(register)
    read(register)
    before = entries(superuser)
    path = root_key_path()
    aside = path.rename(path.with_suffix(".aside"))
    try:
        with pytest.raises(KeyServiceUnavailable):
            read(register)
    finally:
        aside.rename(path)
        keyring.drop()
    assert entries(superuser) == before


def test_what_is_not_committed_is_not_shown(register: Register, superuser: psycopg.Connection[Any]) -> None:
    read(register)
    superuser.execute("""
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
        CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON journal_entry DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION lose();
    """)
    entries = superuser.execute("SELECT count(*) FROM journal_entry").fetchone()
    try:
        with pytest.raises(DatabaseError, match="the disk is full"):
            read(register)
        assert superuser.execute("SELECT count(*) FROM journal_entry").fetchone() == entries
    finally:
        superuser.execute("DROP FUNCTION lose CASCADE")
    assert read(register).revealed.of(register["li"])["mobile"].text


def test_what_was_altered_is_found(register: Register, superuser: psycopg.Connection[Any]) -> None:
    read(register)
    read(register)
    superuser.execute(
        "UPDATE vault_sealed_record SET sealed = set_byte(sealed, 25, get_byte(sealed, 25) # 1)"
        " WHERE customer_id = %s",
        [register["li"]],
    )
    shown = read(register).revealed.of(register["li"])
    assert {one.broken for one in shown.values()} == {Tampering.BLOB_ALTERED}
    assert {one.text for one in shown.values()} == {None}


def test_a_profile_that_came_along_is_opened_whole_and_shows_the_same(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens step by step, for whatever is unusual, gives the same values, forms and revisions."""
    read(register)
    step = read(register)
    monkeypatch.setattr(opening, "_reveal_group", lambda *_: pytest.fail("opened step by step"))
    whole = read(register)
    monkeypatch.undo()
    monkeypatch.setattr(opening, "_reveal_whole", lambda *_: False)
    stepwise = read(register)
    for one in (step, whole):
        assert one.revealed == stepwise.revealed
    assert list(whole.revealed.values.values()) == list(stepwise.revealed.values.values())
    assert whole.revealed.values


def test_another_profile_of_masks_is_not_taken_for_the_one_before(register: Register) -> None:
    read(register)
    usual, hidden, after = read(register), read(register, profile="always"), read(register)
    shown = [one.revealed.of(register["li"])["mobile"].text for one in (usual, hidden, after)]
    assert shown[0] == shown[2] != shown[1]


def test_how_a_field_is_seen_follows_the_rules_of_the_permit(register: Register) -> None:
    permit = read(register).permit
    (forms,) = permit.forms.values()
    stricter = {key: replace(rule, masking_rule="M-SECRET") for key, rule in permit.fields.items()}
    about: dict[str, Any] = {
        name: getattr(permit, name)
        for name in ("actor", "purpose", "action", "reason", "at", "forms", "refused", "grants", "alarms")
    }
    other = mint(**about, fields=stricter)
    shown = []
    for one in (permit, other, permit):
        plan = opening._plan_of(one, forms, "list")
        shown.append({name: see("13812345678") for fields in plan.values() for name, _, see in fields if see})
    assert shown[0]["mobile"] == shown[2]["mobile"] == "138****5678"
    assert "5678" not in str(shown[1])


def test_what_is_kept_is_bounded(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "KINDS", 2)
    for reason in ("order", "delivery", "payment"):
        read(register, reason=reason)
    assert [key[3] for key in again._kinds] == ["delivery", "payment"]
    assert all(
        set(permit.forms) == {UUID(int=0)}
        for kind in again._kinds.values()
        for permit in kind.decided.values()
    )


def test_what_two_customers_differ_in_makes_two_prints(register: Register) -> None:
    """A fact that is absent is not one that is empty, and none runs over into the next."""
    statement = "SELECT NULL::uuid AS customer_id, {} AS f0, {} AS f1"
    texts = [("'a'", "NULL"), ("NULL", "'a'"), ("''", "'a'"), ("'a,'", "''"), ("'a'", "''"), ("'a'", "','")]
    prints = [
        execute(f"SELECT {facts._print(3)} FROM ({statement.format(*pair)}) AS k")[0][0] for pair in texts
    ]
    assert len(set(prints)) == len(texts)


def test_a_repeated_entry_has_the_bytes_of_its_kind() -> None:
    data = {"purpose": SALES, "fields": ["mobile"], "grants": [str(UUID(int=3))], "count": 2}
    actor, at = UUID(int=1), clock.now()
    for purpose in (SALES, None):
        made = Repeated(event="field.read", actor=actor, purpose=purpose, data=data)
        for number in (2, 5):
            one, whom = UUID(int=number), UUID(int=number + 1)
            assert made.encode(one, at, whom) == encode(
                Entry(one, at, "field.read", actor, whom, purpose, data)
            )


def test_entries_of_a_batch_have_the_bytes_of_their_own() -> None:
    """Whatever stands beside whatever: like the one before, with other data, about nobody."""
    at, data, other = clock.now(), {"fields": ["mobile"]}, {"fields": ["email"], "notices": ["1"]}
    told = [data, dict(data), other, dict(other), dict(other), data]
    made = [
        Entry(UUID(int=n + 1), at, "field.read", UUID(int=9), None if n == 3 else UUID(int=n), SALES, one)
        for n, one in enumerate(told)
    ]
    assert list(journal_rows._all_encoded(made)) == [journal_rows._encoded(one, encode(one)) for one in made]
