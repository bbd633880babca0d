"""Outgoing mail over SMTP, as the environment names it. Nothing is sent without a server; there is no fallback.

SHOUXIN_SMTP=host:port  SHOUXIN_SMTP_FROM=address  SHOUXIN_SMTP_TLS=starttls | tls | none (loopback only)
SHOUXIN_SMTP_USER=name  SHOUXIN_SMTP_PASSWORD_FILE=path
"""

import ipaddress
import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from pathlib import Path
from types import MappingProxyType

from shouxin.core.text import Text
from shouxin.kit.connections import Connection, Outcome, TurnedAway, attempt

SECONDS = 10  # until a server answers at all
# How long work in the background waits for the answer to what it has handed over. Servers look at a mail before they
# say that they have it, and a mail given up in that moment would arrive twice (RFC 5321, 4.5.3.2.6 and RFC 1047).
PATIENCE = 120
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GO_ON = 354  # "start mail input"
OWN, UNNAMED = "own", "unnamed"  # who carries the mail, where no host outside is named
_PLAIN_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_FEW_DIGITS = 6  # more, and it could be taken for somebody's number
TLS = frozenset({"starttls", "tls", "none"})
REDUCED = Text(
    "没有邮件时，通知只在系统内显示，也没有每日摘要；客户邮箱不能用验证码核实，显示为未核验；其余照常。",
    "Without mail, notices stand in the console alone and there is no morning digest; customers' addresses cannot be "
    "confirmed by a code and stay unverified; everything else works.",
)


class NotSent(Exception):
    """The mail did not leave; `code` names why. It never holds the recipient.

    `unclear`: the server went silent after the text was on its way, so that it may have taken the mail all the same.
    """

    def __init__(self, code: str, *, unclear: bool = False) -> None:
        super().__init__(code)
        self.code, self.unclear = code, unclear


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    sender: str
    tls: str
    user: str = ""
    password_file: str = ""

    @property
    def target(self) -> str:
        return f"{self.host}:{self.port}"


def server() -> Server | None:
    """The mail server the environment names, or None.

    Raises:
        NotSent: what is named makes no sense, or would send passwords and codes unencrypted over a network.
    """
    named = os.environ.get("SHOUXIN_SMTP", "")
    if not named:
        return None
    host, _, port = named.rpartition(":")
    tls = os.environ.get("SHOUXIN_SMTP_TLS", "starttls")
    sender = os.environ.get("SHOUXIN_SMTP_FROM", "")
    if not host or not port.isdecimal() or "@" not in sender or tls not in TLS:
        raise NotSent("settings")
    host = host.strip("[]")
    if tls == "none" and host not in LOOPBACK:
        raise NotSent("unencrypted")
    user, password_file = (os.environ.get(f"SHOUXIN_SMTP_{name}", "") for name in ("USER", "PASSWORD_FILE"))
    return Server(host, int(port), sender, tls, user, password_file)


def is_configured() -> bool:
    """Whether a mail server is named at all."""
    return bool(os.environ.get("SHOUXIN_SMTP", ""))


def carrier() -> str:
    """Who carries mail now, as a code: `own` on this machine, in the organisation's network or under its domain; else
    the name of the server outside, and `unnamed` where it has no name that can be told."""
    try:
        known = server()
    except NotSent:
        known = None
    if known is None:
        return UNNAMED
    host, domain = known.host.lower(), known.sender.rpartition("@")[2].lower()
    with suppress(ValueError):
        return OWN if ipaddress.ip_address(host).is_private else UNNAMED
    if "." not in host or f".{host}".endswith(f".{domain}"):
        return OWN
    digits = sum(one.isdecimal() for one in host)
    return host if _PLAIN_HOST.fullmatch(host) and digits <= _FEW_DIGITS else UNNAMED


def send(
    *,
    to: str,
    subject: str,
    body: str,
    key: str = "",
    name: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
    patience: float = SECONDS,
) -> None:
    """Hand one mail of plain text over to the server; with a `key` every try carries the same Message-ID.

    `name` stands before the sender's address; `patience` is how many seconds each answer may take once the server is
    there.

    Raises:
        NotSent: no server, out of reach, turned away, or an address that no mail can go to.
    """
    known = server()
    if known is None:
        raise NotSent("not-configured")
    try:
        message = EmailMessage()
        message["From"] = formataddr((name, known.sender)) if name else known.sender
        message["To"], message["Subject"] = to, subject
        for header, text in headers.items():
            message[header] = text
        message["Date"] = formatdate()
        domain = known.sender.rpartition("@")[2]
        message["Message-ID"] = f"<{key}@{domain}>" if key else make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # so that absence notes do not answer
        message.set_content(body)
    except ValueError:
        raise NotSent("address") from None  # a line break in it, say; the error would repeat it
    on_its_way = False
    try:
        with _session(known) as session:
            session.wait(patience)
            try:
                session.send_message(message, known.sender, [to])
            finally:
                on_its_way = session.on_its_way
    except smtplib.SMTPRecipientsRefused:
        raise NotSent("address") from None
    except smtplib.SMTPServerDisconnected:
        raise NotSent("turned-away", unclear=on_its_way) from None
    except (TurnedAway, smtplib.SMTPException):
        raise NotSent("turned-away") from None
    except OSError:
        raise NotSent("unreachable", unclear=on_its_way) from None


class _Session(smtplib.SMTP):
    """Knows how far a mail has got, and leaves without asking for more than that."""

    on_its_way = False  # the server asked for the text

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        self.on_its_way = self.on_its_way or code == GO_ON
        return code, text

    def wait(self, seconds: float) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def __exit__(self, *_: object) -> None:
        """Whatever a server says to a good-bye, what it took before it has taken."""
        self.wait(SECONDS)
        try:
            with suppress(smtplib.SMTPException, OSError):
                self.quit()
        finally:
            self.close()


class _TLSSession(_Session, smtplib.SMTP_SSL):
    """The same from the first byte under TLS."""


@contextmanager
def _session(known: Server) -> Iterator[_Session]:
    context = ssl.create_default_context()
    if known.tls == "tls":
        session: _Session = _TLSSession(known.host, known.port, timeout=SECONDS, context=context)
    else:
        session = _Session(known.host, known.port, timeout=SECONDS)
    with session:
        if known.tls == "starttls":
            session.starttls(context=context)
        if known.user:
            try:
                session.login(known.user, _password(known))
            except smtplib.SMTPAuthenticationError:
                raise TurnedAway(
                    Text("邮件服务器拒绝了账号或密码。", "The mail server refused user or password.")
                ) from None
        yield session


def _password(known: Server) -> str:
    try:
        return Path(known.password_file).read_text(encoding="utf-8").strip()
    except OSError:
        raise NotSent("settings") from None


def look() -> list[Outcome]:
    """Try the server without sending anything."""
    known = server()
    if known is None:
        return []

    def trying() -> str:
        with _session(known) as session:
            session.noop()
            return "SMTP" if known.tls == "none" else "SMTP, TLS"

    return [attempt(known.target, "SMTP", trying)]


CONNECTION = Connection("mail", Text("邮件", "Mail"), REDUCED, look)
