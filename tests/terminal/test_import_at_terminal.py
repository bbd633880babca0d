"""`shouxin import`: the real command beside a running server, by a person who signs in; what it prints and leaves."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shouxin import cli
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer
from shouxin.journal.models import Entry
from shouxin.operations.server import folder
from shouxin.operations.server.credentials import Credentials
from tests.harness.server import shouxin
from tests.register import SALES, Register
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码", "星座")
FILE = cast.table(
    HEADER, ("T-1", "王一", "13812345678", "白羊"), ("T-2", "", "", ""), ("T-1", "王一", "13812345678", "")
)
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    register: Register,
    cluster: Credentials,
    test_database: str,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Command]:
    """The command on this test's database, as beside a server: somebody else holds the data folder.

    With `alone` in a process of its own; otherwise here, which spares starting one.
    """
    monkeypatch.setenv("SHOUXIN_LANG", "en")
    (settings.DATA / "run").mkdir(exist_ok=True)
    (settings.DATA / "postgres").mkdir(exist_ok=True)
    known = json.dumps({**cluster.as_json(), "name": test_database})
    (settings.DATA / "run" / "database.json").write_text(known)
    (tmp_path / "word").write_text(PASSWORD + "\n", encoding="utf-8")
    (tmp_path / "customers.csv").write_bytes(FILE)
    declared = {
        "account": "clerk",
        "password-file": str(tmp_path / "word"),
        "purpose": SALES,
        "channel": "migration",
        "source": "internal",
        "department": "销售部",
        "scope": "department",
    }

    def run(
        *arguments: str, file: str = "customers.csv", alone: bool = False, **changes: str
    ) -> tuple[int, str, str]:
        options = {**declared, **{key.replace("_", "-"): value for key, value in changes.items()}}
        pairs = [part for key, value in options.items() for part in (f"--{key}", value)]
        said = ["import", str(tmp_path / file), *pairs, *arguments]
        return shouxin(settings.DATA, *said) if alone else here(said, capsys)

    with folder.Hold(settings.DATA, "server"):
        yield run


def here(said: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """What the command gives and prints, in this process, where Django is ready and the database answers."""
    capsys.readouterr()
    try:
        arguments = cli.build_parser().parse_args(said)
        status = int(arguments.run(arguments))
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, *capsys.readouterr()


def test_a_file_is_imported_and_every_row_accounted_for(command: Command, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"星座": ""}), encoding="utf-8")
    refused = tmp_path / "refused.csv"
    status, output, errors = command(
        "--mapping", str(tmp_path / "m.json"), "--refused", str(refused), "--json", alone=True
    )
    assert status == 1, errors  # a row was refused
    found = json.loads(output)
    assert (found["read"], found["created"], found["refused"], found["dropped"]) == (3, 1, 1, 1)
    batch = ImportBatch.objects.get(id=found["batch"])
    assert batch.operator.user_name == "clerk"
    assert cast.counts(batch) == (1, 0, 0, 1, 1)
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    assert "T-2" in refused.read_text(encoding="utf-8-sig")
    assert Entry.objects.filter(event="staff.signed_in").count() == 1
    assert "13812345678" not in output + errors


def test_an_undecided_column_is_named_and_nothing_is_kept(command: Command) -> None:
    status, output, errors = command("--accept-proposals")
    assert status == 1
    assert output == ""
    assert "星座" in errors
    assert ImportBatch.objects.get().state == BatchState.CANCELLED
    _, output, _ = command("--accept-proposals", "--json")
    assert [gap["column"] for gap in json.loads(output)["gaps"]] == [4]


def test_a_check_stores_nothing(command: Command, tmp_path: Path) -> None:
    before = Customer.objects.count()
    (tmp_path / "m.json").write_text(
        '{"*": "", "客户编号": "customer_no", "姓名": "person_name"}', encoding="utf-8"
    )
    status, output, _ = command("--mapping", str(tmp_path / "m.json"), "--check")
    assert status == 1
    assert "3 rows checked, 1 would be refused; nothing was stored." in output
    assert Customer.objects.count() == before
    assert ImportBatch.objects.get().state == BatchState.CANCELLED


def test_nobody_acts_as_another(command: Command, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("not the password", encoding="utf-8")
    for _ in range(5):
        status, _, errors = command("--accept-proposals")
        assert status == 1
    assert "Locked" in errors
    (tmp_path / "word").write_text(PASSWORD, encoding="utf-8")
    assert command("--accept-proposals")[0] == 1  # the lock holds against the right password too
    assert not ImportBatch.objects.exists()
    assert Entry.objects.filter(event="staff.sign_in_failed").count() == 6


def test_a_second_factor_is_asked_for_at_the_terminal_too(command: Command, register: Register) -> None:
    code = register.world.code("clerk")
    given = ("--check", "--accept-proposals", "--json")
    without = command(*given)
    wrong = command(*given, code="000000" if code != "000000" else "111111")
    right = command(*given, code=code)
    again = command(*given, code=code)
    found = [json.loads(output)["code"] for _status, output, _errors in (without, wrong, again)]
    assert found == ["factor_missing", "factor_wrong", "factor_wrong"]
    assert Entry.objects.filter(event="staff.signed_in").count() == 1, right
    assert code not in "".join(without[1:] + wrong[1:] + right[1:] + again[1:])


def test_wrong_usage_is_2(command: Command, tmp_path: Path) -> None:
    assert command(file="absent.csv")[0] == 2
    status, _, errors = command(department="没有这个部门")
    assert (status, "--department" in errors) == (2, True)
    assert command(channel="telepathy")[0] == 2
    (tmp_path / "m.json").write_text("[]", encoding="utf-8")
    assert command("--mapping", str(tmp_path / "m.json"))[0] == 2
    assert not ImportBatch.objects.exclude(state=BatchState.CANCELLED).exists()


def test_a_file_that_is_no_table_is_refused_in_words(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    status, _, errors = command(file="empty.csv", alone=True)
    assert status == 1
    assert errors.startswith("shouxin import: ")
    assert "Traceback" not in errors


def test_another_purpose_than_ones_own_is_refused(command: Command) -> None:
    status, output, _ = command("--accept-proposals", "--json", purpose="legal_obligation")
    assert status == 1
    assert json.loads(output)["code"] == "declaration.purpose"
