"""An authority of the test's own, and certificates good and bad from it."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)
# What nobody may accept, though the authority is trusted.
BAD = ("self-signed", "of another authority", "expired", "of tomorrow", "for another host")


class Files(NamedTuple):
    """Where a certificate and its key lie."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates into `folder`; `certificate` is the file by which it is trusted."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        signed = (
            _building(self._name, self._name, self._key.public_key(), -DAY, 90 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = folder / f"{name}.pem"
        self.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    @property
    def pem(self) -> str:
        return self.certificate.read_text()

    def issue(
        self,
        *names: str,
        begins: timedelta = -DAY,
        ends: timedelta = 60 * DAY,
        file: str = "server",
        by_itself: bool = False,
    ) -> Files:
        """A certificate for `names` (hosts or addresses) and its key, good from now + `begins` to now + `ends`."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        issuer, signing = (subject, key) if by_itself else (self._name, self._key)
        signed = (
            _building(issuer, subject, key.public_key(), begins, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
            )
            .sign(signing, hashes.SHA256())
        )
        files = Files(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        files.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        files.key.touch(mode=0o600)
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files

    def issue_bad(self, how: str, *names: str) -> Files:
        """A certificate that is wrong in one point of `BAD`; `names` are right unless they are the point."""
        file = how.replace(" ", "-")
        match how:
            case "self-signed":
                return self.issue(*names, file=file, by_itself=True)
            case "of another authority":
                return Authority(self._folder, "stranger").issue(*names, file=file)
            case "expired":
                return self.issue(*names, file=file, begins=-9 * DAY, ends=-timedelta(hours=1))
            case "of tomorrow":
                return self.issue(*names, file=file, begins=DAY)
            case "for another host":
                return self.issue("other.example", file=file)
        raise ValueError(how)


def _building(
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    begins: timedelta,
    ends: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
