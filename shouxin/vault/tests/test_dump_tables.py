from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from shouxin.core.crypto.providers import FileKeyProvider
from shouxin.kit import ids
from shouxin.vault.services import destroy_group, rotate
from shouxin.vault.tests import cast

PLANTED = {
    "person_name": "欧阳买买提江",
    "mobile": "13800138000",
    "customer_no": "曾惠-14485",
    "note": "planted-note-7f3a",
    "id_number": "11010519491231002X",
}


def dump() -> Iterator[tuple[str, bytes]]:
    """Every vault table as COPY writes it: as text, and as the bytes themselves."""
    connection.ensure_connection()
    for model in apps.get_app_config("vault").get_models():
        for shape in ("text", "binary"):
            with psycopg.Cursor(connection.connection) as cursor:
                statement = f"COPY {model._meta.db_table} TO STDOUT (FORMAT {shape})"
                with cursor.copy(statement) as copy:
                    yield f"{model._meta.db_table} {shape}", b"".join(bytes(part) for part in copy)


def shapes(value: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        raw = value.encode(encoding)
        yield raw
        yield raw.hex().encode()


@pytest.fixture
def planted(vault: None) -> UUID:
    customer = ids.new()
    profile = {k: v for k, v in PLANTED.items() if k != "id_number"}
    for _ in range(2):
        cast.store(
            cast.write(customer, **profile),  # type: ignore[arg-type]  # texts
            cast.write(customer, cast.SECRET, id_number=PLANTED["id_number"]),
        )
    return customer


@pytest.mark.django_db
@pytest.mark.clause("A2.3", "B5.2.2", "C21.4")
def test_whoever_reads_the_tables_gets_ciphertext(planted: UUID, root_key: object) -> None:
    list(rotate(actor=cast.OPERATOR))
    destroy_group(actor=cast.KEEPER, customer_id=planted, group=cast.SECRET, reason="test")
    tables = dict(dump())
    assert tables["vault_sealed_record binary"].count(planted.bytes) >= 2  # the rows are in the dump
    for table, content in tables.items():
        for value in PLANTED.values():
            for shape in shapes(value):
                assert shape not in content, f"a planted value in {table}"


@pytest.mark.django_db
def test_no_key_stands_in_the_tables(planted: UUID, root_key: object) -> None:
    assert isinstance(FileKeyProvider(root_key), FileKeyProvider)  # type: ignore[arg-type]
    root = root_key.read_bytes()  # type: ignore[attr-defined]
    import base64
    import json

    key = base64.b64decode(json.loads(root)["key"])
    for table, content in dump():
        assert key not in content, table
        assert key.hex().encode() not in content, table
