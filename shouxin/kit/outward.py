"""Speaking to addresses that people typed in: which may be spoken to at all, and one POST that follows nobody."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import certifi
import httpx

LONGEST_URL = 500
LONGEST_ANSWER = 65_536
TOTAL_SECONDS = 10.0
CONNECT_SECONDS = 5.0

# Never, whoever names them: the machine's own link, where clouds keep their credentials; everybody; nobody.
NEVER = tuple(
    ipaddress.ip_network(one)
    for one in ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fe80::/10", "ff00::/8")
)
# Addresses that carry another address inside are refused: nobody can tell where they lead.
CARRIERS = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "2002::/16", "2001::/32"))

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """The name leads to an address that may not be spoken to."""


class NoName(Exception):
    """The name leads nowhere."""


def address(text: str) -> Ip:
    """An address, an IPv4 one never as IPv6."""
    ip = ipaddress.ip_address(text.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return mapped or ip


def may_reach(text: str, networks: Iterable[str]) -> bool:
    """Whether a message may be sent to this address: public, or in a range that the organisation named."""
    ip = address(text)
    if any(ip in one for one in (*NEVER, *CARRIERS) if one.version == ip.version):
        return False
    return ip.is_global or any(ip in ipaddress.ip_network(one) for one in networks)


def literal(host: str) -> Ip | None:
    """The address that a host name simply is, if it is one."""
    try:
        return address(host)
    except ValueError:
        return None


def url_problem(url: str, networks: Collection[str]) -> str | None:
    """Why nothing may be sent to `url` (a code), as far as its text tells."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "url.wrong"
    if not host or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return "url.wrong"
    if parts.username is not None or parts.fragment or port == 0:
        return "url.wrong"
    ip = literal(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and ip is not None and ip.is_loopback):
        return "url.not-https"
    if ip is not None and not may_reach(host, networks):
        return "url.private"
    return None


async def post(url: str, body: str, headers: Mapping[str, str], networks: Sequence[str]) -> int:
    """The status of the answer, whose body is not read; within ten seconds.

    Raises:
        NoName, Forbidden: where the name leads.
        TimeoutError, httpx.HTTPError, OSError: nobody answered, or not in time, or with a certificate we refuse.
    """
    async with asyncio.timeout(TOTAL_SECONDS):
        return (await _post(url, body, headers, networks, 0))[0]


async def exchange(
    url: str, body: str, headers: Mapping[str, str], networks: Sequence[str]
) -> tuple[int, bytes]:
    """The status and the beginning of the answer's body; otherwise as `post`."""
    async with asyncio.timeout(TOTAL_SECONDS):
        return await _post(url, body, headers, networks, LONGEST_ANSWER)


async def _post(
    url: str, body: str, headers: Mapping[str, str], networks: Sequence[str], most: int
) -> tuple[int, bytes]:
    there = httpx.URL(url)
    found = await addresses(there)
    if not found:
        raise NoName
    if not all(may_reach(one, networks) for one in found):
        raise Forbidden
    # The address that was looked at is the one spoken to: a name that changes its mind meanwhile changes nothing.
    # The certificate is still asked for the name.
    async with httpx.AsyncClient(
        verify=trust(), trust_env=False, follow_redirects=False, timeout=CONNECT_SECONDS
    ) as http:
        request = http.build_request(
            "POST",
            there.copy_with(host=found[0]),
            content=body.encode(),
            headers={**headers, "host": there.netloc.decode("ascii")},
            extensions={"sni_hostname": there.host},
        )
        response = await http.send(request, stream=True)
        answer = b""
        if most:
            async for part in response.aiter_bytes():
                answer += part
                if len(answer) >= most:
                    break
        await response.aclose()
        return response.status_code, answer[:most]


async def addresses(url: httpx.URL) -> Sequence[str]:
    """Where a name leads, each address once; empty when nowhere."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return ()
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The machine's authorities, which an organisation extends with its own, and the public ones."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_tls(error: BaseException) -> bool:
    """Whether it is about a certificate or the encryption."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE_VERIFY" in str(cause):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
