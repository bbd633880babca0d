"""Others may connect only when a certificate or a reverse proxy was named."""

import ipaddress
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shouxin.operations.server import address
from shouxin.operations.server.problems import ServerProblem
from shouxin.operations.server.tests.test_start_server import listening_addresses
from tests.harness.server import Server, until

EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 - what is to be seen


@pytest.fixture
def certificate(data: Path) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = data.parent / "cert.pem", data.parent / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return paths


@pytest.mark.usefixtures("used_data")
def test_with_a_certificate_everything_is_encrypted(
    make_server: Callable[..., Server], certificate: tuple[Path, Path]
) -> None:
    server = make_server().start(
        SHOUXIN_CERTIFICATE=str(certificate[0]), SHOUXIN_CERTIFICATE_KEY=str(certificate[1])
    )
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    url = f"https://{LOOPBACK}:{server.port}"
    with httpx.Client(verify=trusted, trust_env=False, timeout=30) as browser:

        def ready() -> bool:
            try:
                return browser.get(f"{url}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        until(ready, "an answer")
        door = browser.get(f"{url}/sign-in/")
        assert all("Secure" in cookie for cookie in door.headers.get_list("set-cookie"))
        assert door.headers["strict-transport-security"].startswith("max-age=")
    assert url in server.wait_announced()
    assert "only this machine" not in server.said()
    assert listening_addresses(server.port) == {"00000000"}
    assert server.get("/readyz")[0] == 0  # nobody is answered in clear


def test_a_named_proxy_may_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert address.choose() == address.Address(LOOPBACK, 9000, encrypted=False, open_to_others=False)
    monkeypatch.setenv("SHOUXIN_PROXY", "10.0.0.1")
    assert address.choose() == address.Address(EVERYWHERE, 9000, encrypted=False, open_to_others=True)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "８０００", "eighty"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ServerProblem, match="not a port"):
        address.choose()
