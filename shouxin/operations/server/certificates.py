"""The certificate under which we answer: read once at the start, watched until the day it has to be replaced."""

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from shouxin.core.text import Text
from shouxin.operations.server.problems import ServerProblem

WARNED_AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom it names, and from when until when it is good."""

    names: frozenset[str]
    begins: datetime
    ends: datetime

    def covers(self, host: str) -> bool:
        """Whether it names `host`, by itself or by a wildcard for one label (RFC 6125)."""
        wanted = host.lower().strip("[]").removeprefix(".")
        return wanted in self.names or f"*.{wanted.partition('.')[2]}" in self.names

    def days_left(self, now: datetime) -> int:
        return (self.ends - now).days

    def warning(self, now: datetime) -> Text | None:
        """The sentence to show while it is about to end; None before."""
        if self.ends - now > WARNED_AHEAD:
            return None
        day = f"{self.ends.astimezone():%Y-%m-%d}"
        if self.ends <= now:
            return Text(
                f"TLS 证书已于 {day} 过期，浏览器会拒绝连接。请换新证书并重启服务。",
                f"The TLS certificate ended on {day}; browsers refuse it. Replace it and restart the server.",
            )
        return Text(
            f"TLS 证书将于 {day} 到期（还剩 {self.days_left(now)} 天）。请换新证书并重启服务。",
            f"The TLS certificate ends on {day} ({self.days_left(now)} days left). Replace it and restart the server.",
        )


def read(path: Path) -> Certificate:
    """The first certificate of the chain in `path`.

    Raises:
        ServerProblem: there is none that can be read.
    """
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except OSError as error:
        raise ServerProblem(
            "certificate-not-readable",
            f"读不到证书文件 {path}（{error.strerror}）。请更正 SHOUXIN_CERTIFICATE 或文件权限。",
            f"The certificate {path} cannot be read ({error.strerror}). Mend SHOUXIN_CERTIFICATE or its permissions.",
        ) from None
    except ValueError:
        raise ServerProblem(
            "certificate-not-valid",
            f"{path} 不是 PEM 格式的证书。请在 SHOUXIN_CERTIFICATE 中指定含证书链的 PEM 文件。",
            f"{path} is no certificate in PEM form. Name a PEM file with the chain in SHOUXIN_CERTIFICATE.",
        ) from None
    return Certificate(_names(found), found.not_valid_before_utc, found.not_valid_after_utc)


def _names(found: x509.Certificate) -> frozenset[str]:
    try:
        extension = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return frozenset(
            str(name.value).lower() for name in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        )
    if not isinstance(extension, x509.SubjectAlternativeName):
        return frozenset()
    names = extension.get_values_for_type(x509.DNSName)
    addresses = extension.get_values_for_type(x509.IPAddress)
    return frozenset([*(name.lower() for name in names), *map(str, addresses)])


def check(pair: tuple[Path, Path], *, hosts: list[str], now: datetime) -> Certificate:
    """Refuse to start with a certificate that would be refused by every browser.

    Raises:
        ServerProblem: unreadable, of another key, not yet or no longer valid, or for other names than `hosts`.
    """
    path, key = pair
    found = read(path)
    _check_key(path, key)
    if found.ends <= now:
        ended = f"{found.ends.astimezone():%Y-%m-%d}"
        raise ServerProblem(
            "certificate-expired",
            f"证书 {path} 已于 {ended} 过期。请换上新证书后再启动。",
            f"The certificate {path} ended on {ended}. Put a new one in its place and start again.",
        )
    if found.begins > now:
        raise ServerProblem(
            "certificate-not-yet-valid",
            f"证书 {path} 自 {found.begins.astimezone():%Y-%m-%d %H:%M} 起才有效。请核对证书与本机时钟。",
            f"The certificate {path} is valid from {found.begins.astimezone():%Y-%m-%d %H:%M} only. "
            "Check it and this machine's clock.",
        )
    if missing := [host for host in hosts if not found.covers(host)]:
        raise ServerProblem(
            "certificate-of-another-name",
            f"证书 {path} 不含 SHOUXIN_HOSTS 中的 {'、'.join(missing)}；"
            f"证书写明的名称：{'、'.join(sorted(found.names))}。",
            f"The certificate {path} does not name {', '.join(missing)} of SHOUXIN_HOSTS; "
            f"it names {', '.join(sorted(found.names))}.",
        )
    return found


def _check_key(path: Path, key: Path) -> None:
    """See that the private key can be read, needs no password and belongs to the certificate."""

    def no_password() -> str:
        raise ServerProblem(
            "certificate-key-locked",
            f"私钥 {key} 有密码保护，服务无法无人值守地读取。请提供不带密码、仅属主可读的私钥。",
            f"The key {key} needs a password, which nobody types here. Give one without, readable by its owner alone.",
        )

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key, password=no_password)
    except ssl.SSLError:
        raise ServerProblem(
            "certificate-of-another-key",
            f"私钥 {key} 与证书 {path} 不匹配，或不是 PEM 格式的私钥。请检查 SHOUXIN_CERTIFICATE_KEY。",
            f"The key {key} does not belong to the certificate {path}, or is no key in PEM form. "
            "Check SHOUXIN_CERTIFICATE_KEY.",
        ) from None
    except OSError as error:
        raise ServerProblem(
            "certificate-key-not-readable",
            f"读不到私钥文件 {key}（{error.strerror}）。请更正 SHOUXIN_CERTIFICATE_KEY 或文件权限。",
            f"The key {key} cannot be read ({error.strerror}). Mend SHOUXIN_CERTIFICATE_KEY or its permissions.",
        ) from None
