"""A day's work with planted values, and then a thief's search through everything the product leaves behind."""

import json
import logging
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Action
from shouxin.customers.attachments.models import Attachment
from shouxin.customers.attachments.tests import cast as attachments
from shouxin.customers.intake import sealed_upload
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, RecordKind, Scope
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.journal.sealer import Sealer, connected
from shouxin.kit import clock
from shouxin.people.working_purpose import SESSION_KEY
from shouxin.vault.errors import DuplicateKey
from tests.attachments.opening import grant_for_contracts
from tests.hardening.plaintext import Place, files, leaks, tables
from tests.harness import early
from tests.harness.database import Credentials
from tests.register import FOOTING, SALES, Register, grant, kept

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

MARK = secrets.token_hex(4)  # so that only what this run planted is found
DIGITS = f"{secrets.randbelow(10**7):07}"


def checked(digits: str) -> str:
    """An identity number with its check character (GB 11643)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


PERSON = {
    "person_name": "欧阳买买提江",
    "mobile": f"1384{DIGITS}",
    "customer_no": f"曾惠-{MARK}",
    "id_number": checked(f"65310119870612{DIGITS[:3]}"),
    "email": f"zeng.{MARK}@example.com",
    "home_address": f"喀什市人民东路{DIGITS}号院3号楼",
    "remark": f"怕狗，请先打电话 {MARK}",
}
CONTACT = {"contact_name": "古丽娜尔汗", "contact_mobile": f"1575{DIGITS}"}
ORDER = {"order_no": f"CN-{DIGITS}-{MARK}", "product_name": f"定制屏风{MARK}"}
UPLOAD = {"name of a row": "帕尔哈提江", "phone of a row": f"1896{DIGITS}"}
ATTACHED = {"name of a file": f"努尔麦麦提的合同{MARK}", "text of a file": f"PLANTED-{DIGITS}-{MARK}"}
SEALED = PERSON | CONTACT | ORDER | UPLOAD | ATTACHED
CLEAR = {"company_name": f"喀什丝路{MARK}贸易有限公司", "province": "新疆维吾尔自治区"}


@dataclass
class Day:
    """What was done, where its traces lie, and since when."""

    customer: UUID
    began: float
    folders: list[Path]
    written: set[str]


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[Path], set[str]]]:
    """The product's log in a file, a temporary folder of the test's own, and the name of every file opened to write."""
    temporary, logs, written = tmp_path / "temporary", tmp_path / "logs", set[str]()
    temporary.mkdir()
    logs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    root, handler = logging.getLogger(), logging.FileHandler(logs / "web.log", encoding="utf-8")
    handler.setFormatter(
        next(h.formatter for h in root.handlers if "Processor" in type(h.formatter).__name__)
    )
    root.addHandler(handler)
    watching = [True]

    def watch(event: str, details: tuple[Any, ...]) -> None:
        if watching and event == "open" and details[2] & (os.O_WRONLY | os.O_RDWR):
            written.add(os.fsdecode(details[0]) if isinstance(details[0], str | bytes) else "")

    sys.addaudithook(watch)  # cannot be taken away again, only put to sleep
    yield [tmp_path, Path(settings.DATA), early.RUN], written
    watching.clear()
    root.removeHandler(handler)
    handler.close()


@pytest.fixture
def day(
    register: Register,
    client: Client,
    traces: tuple[list[Path], set[str]],
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
    cluster: Credentials,
    test_database: str,
) -> Day:
    """Store, find, look, reveal, edit, be refused, fail in the middle, upload: once each."""
    folders, written = traces
    superuser.execute("CHECKPOINT")  # what tests before this one wrote is not of this day
    began = time.time() - 0.1  # the clock of a file system ticks more coarsely
    customer, organisation = _store(register)
    grant(register)
    _work_on_screens(register, client, customer)
    _fail(register, client, monkeypatch)
    _read_and_edit(register, customer)
    _upload()
    _attach(register, client, customer)
    _seal_journal(folders[0] / "sealer", cluster, test_database)
    assert Customer.objects.filter(id=organisation).exists()
    return Day(customer, began, folders, written)


def _store(register: Register) -> tuple[UUID, UUID]:
    sales = register.world.departments["sales"].id
    clerk = register.world.actor("clerk")
    order = {**ORDER, "product_name": json.dumps([ORDER["product_name"], "桌"], ensure_ascii=False)}
    done = services.store(
        actor=clerk,
        footing=FOOTING,
        entries=[
            CustomerEntry(Kind.PERSON, kept(PERSON), sales, Scope.DEPARTMENT, clerk.id),
            CustomerEntry(
                Kind.ORGANISATION,
                kept({"company_name": CLEAR["company_name"]}),
                sales,
                Scope.DEPARTMENT,
                clerk.id,
                province=CLEAR["province"],
                records=[
                    RecordEntry(RecordKind.CONTACT, kept(CONTACT)),
                    RecordEntry(RecordKind.ORDER, kept(order)),
                ],
            ),
        ],
        now=clock.now(),
    )
    return done[0].customer, done[1].customer


def _signed_in(register: Register, client: Client) -> Client:
    register.world.signed_in(client, "clerk")
    session = client.session
    session[SESSION_KEY] = SALES
    session.save()
    return client


def _work_on_screens(register: Register, client: Client, customer: UUID) -> None:
    page = f"/customers/{customer}/"
    _signed_in(register, client)
    assert client.get("/customers/").status_code == 200
    for term in (PERSON["mobile"], PERSON["person_name"], PERSON["mobile"][-4:]):
        found = client.post("/customers/find/", {"term": term})
        assert str(customer) in found.content.decode()
    assert client.get(page).status_code == 200
    assert client.post(f"{page}reveal/", {"field": "mobile"}).status_code != 200  # no contact yet
    client.post(f"{page}contact/", {"reason_class": "order", "note": ""})
    noted = client.post(f"{page}contact/", {"reason_class": "order", "note": f"回电 {PERSON['mobile']}"})
    assert noted.status_code == 302
    client.post(f"{page}reveal/", {"field": "mobile"})
    edited = client.post(f"{page}edit/", {"revision": "1", "email": PERSON["email"]})
    assert edited.status_code == 302
    assert client.get(f"{page}history/").status_code == 200


def _fail(register: Register, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A submission that breaks in the middle, one with a taken number, and one that is refused."""
    form = {
        **PERSON,
        "kind": "person",
        "channel": "sales",
        "department": str(register.world.departments["sales"].id),
        "scope": "department",
    }
    client.raise_request_exception = False
    assert client.post("/customers/new/", form).status_code == 422
    with monkeypatch.context() as broken:
        broken.setattr(journal, "append_many", _broken)
        assert client.post("/customers/new/", {**form, "customer_no": f"{MARK}-2"}).status_code == 500
    assert client.post("/customers/new/", {**form, "mobile": PERSON["mobile"] * 3000}).status_code == 422
    twice = [CustomerEntry(Kind.PERSON, kept(PERSON), UUID(form["department"]), Scope.DEPARTMENT)] * 2
    with pytest.raises(DuplicateKey):
        services.store(actor=register.world.actor("clerk"), footing=FOOTING, entries=twice, now=clock.now())


def _broken(**_given: Any) -> None:
    raise RuntimeError(f"the journal is full, says {PERSON['mobile']}")


def _read_and_edit(register: Register, customer: UUID) -> None:
    actor, now = register.world.actor("clerk"), clock.now()
    opened = gate.open_sealed(
        actor=actor,
        purpose=SALES,
        customers=[customer],
        fields=["mobile", "person_name"],
        action=Action.REVEAL,
        reason="order",
        now=now,
    )
    assert opened.revealed.of(customer)["mobile"].text == PERSON["mobile"]
    # The old values lie in the history from now on, the same ones stand anew.
    for values in ({"remark": "无"}, {"remark": PERSON["remark"]}):
        services.edit(
            actor=actor,
            footing=FOOTING,
            customer=customer,
            revision=Customer.objects.get(id=customer).revision,
            values=kept(values),
            now=now,
        )
    with pytest.raises(gate.Refused):
        gate.open_sealed(
            actor=register.world.actor("agent"),
            purpose=SALES,
            customers=[customer],
            fields=["id_number"],
            action=Action.REVEAL,
            reason="order",
            now=now,
        )


def _upload() -> None:
    folder = Path(settings.DATA) / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    text = "姓名,电话\n" + "\n".join(",".join(UPLOAD.values()) for _ in range(2000))
    for encoding in ("utf-8", "gb18030"):
        sealed_upload.store(
            [text.encode(encoding)], folder=folder, suite=suite_of(1), fingerprint_key=bytes(32)
        )


def _attach(register: Register, client: Client, customer: UUID) -> None:
    """A file so long that Django would keep it in a temporary one, previewed; and two that are refused."""
    grant_for_contracts(register)
    text, name = ATTACHED["text of a file"], ATTACHED["name of a file"]
    long = attachments.pdf(1, text=f"{text} {'x' * 3_000_000}")
    for ending, content, status in (
        ("pdf", long, 302),
        ("jpg", long, 422),
        ("pdf", b"<html>" + text.encode(), 422),
    ):
        given = SimpleUploadedFile(f"{name}.{ending}", content)
        form = {"kind": "contract_file", "channel": "sales", "documents": [given]}
        assert client.post(f"/customers/{customer}/attachments/new/", form).status_code == status
    row = Attachment.objects.get()
    opened = client.post(f"/customers/{customer}/attachments/{row.id}/open/")
    assert name in opened.content.decode()


def _seal_journal(data: Path, cluster: Credentials, database: str) -> None:
    """Tiles and checkpoints outside the database, in a folder of this test's own."""
    (data / "run").mkdir(parents=True)
    (data / "run" / "database.json").write_text(json.dumps({**cluster.as_json(), "name": database}))
    with connected(data) as connection:
        assert Sealer(connection, data).round()


def everything(day: Day, superuser: psycopg.Connection) -> Iterator[Place]:
    """Tables and files as they lie after a checkpoint, sessions decoded besides."""
    superuser.execute("ANALYZE")
    superuser.execute("CHECKPOINT")
    yield from tables(superuser)
    yield from files(day.folders, since=day.began)
    for session in Session.objects.all():
        yield Place("a session", json.dumps(session.get_decoded(), ensure_ascii=False).encode())


@pytest.mark.clause("A2.3", "D8.1")
def test_nothing_of_a_day_lies_about_in_clear(day: Day, superuser: psycopg.Connection) -> None:
    assert leaks(everything(day, superuser), SEALED) == set()


def test_what_is_graded_clear_is_found_by_the_same_search(day: Day, superuser: psycopg.Connection) -> None:
    places = {place for place, name in leaks(everything(day, superuser), CLEAR) if name == "company_name"}
    assert "table public.customers_customer (binary)" in places
    assert any(place.startswith("file") and "pg_wal" in place for place in places)
    assert any(place.startswith("file") and place.rpartition(" ")[2].isdecimal() for place in places)


def test_no_file_is_written_outside_the_data_folder(day: Day) -> None:
    """A temporary file that was deleted again would not be found by searching what is left."""
    own = (*map(str, day.folders), "/dev/", "/proc/")
    strange = {path for path in day.written if path.startswith("/") and not path.startswith(own)}
    assert strange == set()
    assert not [path for path in day.written if "/temporary/" in path]
    log = next(path for path in day.folders[0].rglob("web.log"))
    assert "RuntimeError" in log.read_text(encoding="utf-8")  # the failure did leave a trace


def _in_a_table(connection: psycopg.Connection, _folder: Path) -> None:
    connection.execute("INSERT INTO planted VALUES (%s, NULL, NULL)", [SEALED["mobile"]])


def _in_bytes(connection: psycopg.Connection, _folder: Path) -> None:
    connection.execute(
        "INSERT INTO planted VALUES (NULL, %s, NULL)", [SEALED["person_name"].encode("gb18030")]
    )


def _in_json(connection: psycopg.Connection, _folder: Path) -> None:
    connection.execute("INSERT INTO planted VALUES (NULL, NULL, %s)", [json.dumps({"q": SEALED["remark"]})])


def _in_a_file(_connection: psycopg.Connection, folder: Path) -> None:
    (folder / "leftover").write_bytes(b"xx" + SEALED["home_address"].encode("utf-16-le"))


@pytest.mark.parametrize("plant", [_in_a_table, _in_bytes, _in_json, _in_a_file])
def test_the_search_finds_a_single_leak(
    superuser: psycopg.Connection, tmp_path: Path, plant: Callable[[psycopg.Connection, Path], None]
) -> None:
    superuser.execute("CREATE TABLE planted (a text, b bytea, c jsonb)")
    try:
        assert leaks([*tables(superuser), *files([tmp_path], since=0)], SEALED) == set()
        plant(superuser, tmp_path)
        assert leaks([*tables(superuser), *files([tmp_path], since=0)], SEALED)
    finally:
        superuser.execute("DROP TABLE planted")


@pytest.mark.parametrize("shift", range(3))
def test_the_search_sees_through_encodings(shift: int) -> None:
    import base64

    for name, value in SEALED.items():
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            raw = b"<" * shift + value.encode(encoding) + b">"
            for hidden in (raw, raw.hex().encode(), base64.b64encode(raw)):
                assert leaks([Place("x", b"." + hidden + b".")], {name: value})
