"""Debian's slapd on loopback, with a configuration, a certificate and people of its own."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection, socket
from typing import Any

import pytest

from shouxin.people.directory.library import ldap3
from tests.harness.certificates import Authority, Files

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
BASE, READER, READER_PASSWORD = "dc=example,dc=com", "cn=reader,dc=example,dc=com", "reading and no more"
PASSWORD = "the directory's own password"
GROUP = f"cn=sales,ou=groups,{BASE}"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCACertificateFile {authority.certificate}
TLSCertificateFile {files.certificate}
TLSCertificateKeyFile {files.key}
database mdb
suffix "dc=example,dc=com"
rootdn "cn=root,dc=example,dc=com"
rootpw root
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=reader,dc=example,dc=com" read by * none
"""
_PEOPLE = """
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups

dn: cn=reader,dc=example,dc=com
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {reader}

dn: uid=zhang,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: zhang
cn: Zhang San
sn: Zhang
mail: clerk@example.com
userPassword: {password}

dn: uid=li,ou=people,dc=example,dc=com
objectClass: inetOrgPerson
uid: li
cn: Li Si
sn: Li
userPassword: {password}

dn: cn=sales,ou=groups,dc=example,dc=com
objectClass: groupOfNames
cn: sales
member: uid=zhang,ou=people,dc=example,dc=com
member: cn=reader,dc=example,dc=com
"""


@dataclass(frozen=True)
class Slapd:
    """A running directory; `root` changes it."""

    ldaps: int
    plain: int
    authority: Authority

    def settings(self, **changes: object) -> dict[str, object]:
        """The settings of a connection to it."""
        return {
            "host": "localhost",
            "port": self.ldaps,
            "security": "ldaps",
            "bind_dn": READER,
            "base": f"ou=people,{BASE}",
            "person_filter": "(objectClass=inetOrgPerson)",
            "user_attribute": "uid",
            "name_attribute": "cn",
            "id_attribute": "entryUUID",
            "group_base": f"ou=groups,{BASE}",
            "member_attribute": "member",
            "ca": self.authority.pem,
            **changes,
        }

    @contextmanager
    def root(self) -> Iterator[Any]:
        server = ldap3.Server("127.0.0.1", port=self.plain, get_info=ldap3.NONE)
        with ldap3.Connection(server, "cn=root,dc=example,dc=com", "root", raise_exceptions=True) as found:
            yield found


def _free() -> int:
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(folder: Path, authority: Authority, files: Files) -> Iterator[Slapd]:
    """A directory until the block ends."""
    if SLAPD is None:
        pytest.skip("tests of LDAP need slapd: apt-get install -y slapd")
    (folder / "data").mkdir(parents=True)
    config = folder / "slapd.conf"
    config.write_text(_CONFIG.format(folder=folder, authority=authority, files=files))
    people = folder / "people.ldif"
    people.write_text(_PEOPLE.format(reader=READER_PASSWORD, password=PASSWORD))
    subprocess.run(
        [SLAPD, "-T", "add", "-f", str(config), "-l", str(people)], check=True, capture_output=True
    )
    found = Slapd(_free(), _free(), authority)
    urls = f"ldaps://localhost:{found.ldaps} ldap://localhost:{found.plain}"
    command = [SLAPD, "-d", "0", "-f", str(config), "-h", urls]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while not (_answers(found.ldaps) and _answers(found.plain)):
            assert process.poll() is None
            assert time.monotonic() < deadline
        yield found
        process.terminate()
