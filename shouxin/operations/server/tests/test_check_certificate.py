"""A certificate that browsers would refuse keeps the server from starting; one that ends soon is told ahead."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shouxin.kit import clock
from shouxin.operations.server import certificates, hardening
from shouxin.operations.server.problems import ServerProblem
from tests.harness.certificates import Authority
from tests.harness.server import Server

HOST = "shouxin.example"
DAY = timedelta(days=1)


def code(pair: tuple[Path, Path], hosts: list[str] | None = None) -> str:
    with pytest.raises(ServerProblem) as refused:
        certificates.check(pair, hosts=hosts or [], now=clock.now())
    return refused.value.code


def test_a_good_one_is_taken_and_wildcards_cover_one_label(tmp_path: Path) -> None:
    pair = Authority(tmp_path).issue(f"*.{HOST}", HOST)
    found = certificates.check(pair, hosts=[HOST, f"WWW.{HOST}"], now=clock.now())
    assert found.warning(clock.now()) is None
    assert code(pair, [f"a.b.{HOST}"]) == "certificate-of-another-name"


def test_an_expired_one_is_refused(tmp_path: Path) -> None:
    assert code(Authority(tmp_path).issue(HOST, begins=-9 * DAY, ends=-DAY)) == "certificate-expired"


def test_one_of_tomorrow_is_refused(tmp_path: Path) -> None:
    assert code(Authority(tmp_path).issue(HOST, begins=DAY)) == "certificate-not-yet-valid"


def test_one_with_the_key_of_another_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    assert (
        code((authority.issue(HOST)[0], authority.issue(HOST, file="other")[1]))
        == "certificate-of-another-key"
    )


def test_a_key_with_a_password_is_refused(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue(HOST)
    key.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"unknown here"),
        )
    )
    assert code((certificate, key)) == "certificate-key-locked"


def test_what_is_missing_or_no_certificate_is_refused(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue(HOST)
    assert code((tmp_path / "none.crt", key)) == "certificate-not-readable"
    assert code((certificate, tmp_path / "none.key")) == "certificate-key-not-readable"
    assert code((key, key)) == "certificate-not-valid"
    key.write_text("no key")
    assert code((certificate, key)) == "certificate-of-another-key"


def test_its_end_is_told_thirty_days_ahead_and_after(tmp_path: Path) -> None:
    found = certificates.read(Authority(tmp_path).issue(HOST, ends=31 * DAY)[0])
    warnings = [found.warning(clock.now() + days * DAY) for days in (0, 2, 30, 32)]
    assert [warning is not None for warning in warnings] == [False, True, True, True]


@pytest.mark.django_db
def test_doctor_tells_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Authority(tmp_path).issue(HOST, ends=20 * DAY)
    monkeypatch.setenv("SHOUXIN_CERTIFICATE", str(pair[0]))
    monkeypatch.setenv("SHOUXIN_CERTIFICATE_KEY", str(pair[1]))
    monkeypatch.setenv("SHOUXIN_HOSTS", HOST)
    found = dict(hardening.findings())
    assert "days left" in found["certificate-ends-soon"].en
    monkeypatch.setenv("SHOUXIN_HOSTS", "other.example")
    assert "does not name other.example" in dict(hardening.findings())["certificate-of-another-name"].en


def test_the_server_does_not_start_with_an_expired_one(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    pair = Authority(tmp_path).issue(HOST, begins=-9 * DAY, ends=-DAY)
    server = make_server().start(SHOUXIN_CERTIFICATE=str(pair[0]), SHOUXIN_CERTIFICATE_KEY=str(pair[1]))
    assert server.wait_exit() == 1
    assert "ended on" in server.said()
