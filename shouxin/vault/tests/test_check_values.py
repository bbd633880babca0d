"""The command opens everything that is sealed and names, in full, what somebody altered in the database."""

import argparse
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from shouxin.journal.models import Entry
from shouxin.kit import ids
from shouxin.vault import commands
from shouxin.vault.services import check
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def run(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers())
    arguments = parser.parse_args(["keys", "check", "--json"])
    status: int = arguments.run(arguments)
    return status, json.loads(capsys.readouterr().out or "{}")


def sql(statement: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount, "the tampering itself must happen"


@pytest.fixture
def customers(shared_vault: None) -> list[UUID]:
    """Six customers with a phone each; the first was changed once."""
    found = [ids.new() for _ in range(6)]
    cast.store(*[cast.write(one, person_name="王芳", mobile="13800138000") for one in found])
    cast.store(cast.write(found[0], note="改"))
    return found


def test_what_nobody_touched_is_as_it_was_stored(
    customers: list[UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    counts = {"groups": 6, "records": 6, "versions": 1, "keys": 2, "parcels": 0}
    assert run(capsys) == (0, {"ok": True, **counts, "found": []})
    told = Entry.objects.filter(event="values.checked")
    assert told.count() == 1


@pytest.mark.clause("C2.0", "D15.1")
def test_every_planted_alteration_is_named(customers: list[UUID], capsys: pytest.CaptureFixture[str]) -> None:
    history, changed, keyless, swapped, headless, sound = customers
    spoil = " SET sealed = set_byte(sealed, 25, get_byte(sealed, 25) # 1) WHERE customer_id = %s"
    sql("UPDATE vault_sealed_record" + spoil, changed)
    sql("UPDATE vault_sealed_history" + spoil, history)
    sql("DELETE FROM vault_data_key WHERE customer_id = %s", keyless)
    sql(
        "UPDATE vault_sealed_record SET sealed = (SELECT sealed FROM vault_sealed_record WHERE customer_id = %s)"
        " WHERE customer_id = %s",
        sound,
        swapped,
    )
    sql("UPDATE vault_group SET changes = changes + 1 WHERE customer_id = %s", headless)
    status, answer = run(capsys)
    assert status == 1
    found = answer["found"]
    assert isinstance(found, list)
    assert {one["customer"] for one in found} == {
        str(each) for each in (changed, history, keyless, swapped, headless)
    }
    assert Entry.objects.filter(event="tampering.found").count() == len(found)


def test_an_altered_index_key_is_named(customers: list[UUID], capsys: pytest.CaptureFixture[str]) -> None:
    sql("UPDATE vault_search_index SET wrapped = set_byte(wrapped, 25, get_byte(wrapped, 25) # 1)")
    status, answer = run(capsys)
    assert (status, answer["found"]) == (
        1,
        [{"place": "vault.index", "item": "1", "part": "", "what": "key_altered"}],
    )
    assert b"vault.index" in bytes(Entry.objects.get(event="secret.altered").body)


def test_more_than_one_batch_is_seen_to_its_end(customers: list[UUID]) -> None:
    *_, done = check(actor=commands.operator(), batch=2)
    assert (done.groups, done.records) == (6, 6)


def test_without_the_root_key_it_says_so(
    customers: list[UUID], root_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root_key.unlink()
    assert run(capsys)[0] == 1
