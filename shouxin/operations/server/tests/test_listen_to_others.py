"""Others may connect only when a certificate or a reverse proxy was named, and only over TLS 1.2 or 1.3."""

import http.client
import socket
import ssl
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shouxin.operations.server import address, redirect
from shouxin.operations.server.problems import ServerProblem
from shouxin.operations.server.tests.test_start_server import listening_addresses
from tests.harness.certificates import Authority
from tests.harness.server import Server, free_port, until

EVERYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"  # noqa: S104 - what is to be seen


def spoken(port: int, authority: Authority, version: ssl.TLSVersion) -> str | None:
    """The TLS version agreed on by a client that knows this one alone; what the server says when it refuses."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is the server who refuses what is old
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    try:
        with (
            socket.create_connection((LOOPBACK, port)) as plain,
            context.wrap_socket(plain, server_hostname=LOOPBACK) as wrapped,
        ):
            return wrapped.version()
    except ssl.SSLError as error:
        return error.reason


def ask_in_clear(port: int, method: str, path: str, host: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", host)
        connection.endheaders()
        return connection.getresponse()
    finally:
        connection.close()


@pytest.mark.usefixtures("used_data")
def test_with_a_certificate_everything_is_encrypted(make_server: Callable[..., Server], data: Path) -> None:
    authority, http_port = Authority(data.parent), free_port()
    pair = authority.issue(LOOPBACK, "shouxin.example", ends=timedelta(days=20))
    server = make_server().start(
        SHOUXIN_CERTIFICATE=str(pair[0]),
        SHOUXIN_CERTIFICATE_KEY=str(pair[1]),
        SHOUXIN_HOSTS="shouxin.example",
        SHOUXIN_HTTP_PORT=str(http_port),
    )
    url = f"https://{LOOPBACK}:{server.port}"
    trusted = ssl.create_default_context(cafile=str(authority.certificate))
    with httpx.Client(verify=trusted, trust_env=False, timeout=30) as browser:

        def ready() -> bool:
            try:
                return browser.get(f"{url}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        until(ready, "an answer")
        door = browser.get(f"{url}/sign-in/")
        assert all("Secure" in cookie for cookie in door.headers.get_list("set-cookie"))
        assert door.headers["strict-transport-security"] == "max-age=31536000"
    said = server.wait_announced()
    assert url in said
    assert "The TLS certificate ends on" in said
    assert "only this machine" not in said
    assert listening_addresses(server.port) == {"00000000"}
    assert server.get("/readyz")[0] == 0  # nobody is answered in clear

    for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        assert "ALERT" in str(spoken(server.port, authority, old))
    assert spoken(server.port, authority, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    assert spoken(server.port, authority, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"

    found = ask_in_clear(http_port, "GET", "/customers/?page=2", "shouxin.example")
    assert found.status == 308
    assert found.getheader("Location") == f"https://shouxin.example:{server.port}/customers/?page=2"
    assert ask_in_clear(http_port, "GET", "/", "elsewhere.example").status == 400
    assert ask_in_clear(http_port, "POST", "/sign-in/", "shouxin.example").status == 403


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", b"308"),
        (b"GET //evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"400"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"\xff\xfe\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_the_port_in_clear_sends_nobody_elsewhere(head: bytes, status: bytes) -> None:
    said = redirect.answer(head, hosts=frozenset({"localhost", "[::1]"}), port=443)
    assert said.split(b" ")[1] == status
    assert b"evil" not in said


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


def test_a_port_in_clear_without_certificate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_HTTP_PORT", "8080")
    with pytest.raises(ServerProblem, match="needs SHOUXIN_CERTIFICATE"):
        address.choose()
