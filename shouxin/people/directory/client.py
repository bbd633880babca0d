"""Speaking LDAP: over TLS with a checked certificate alone, briefly; what people type is never part of a query."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection
from shouxin.people.directory.library import (
    LDAPException,
    LDAPInvalidCredentialsResult,
    escape_bytes,
    escape_filter_chars,
    ldap3,
)

TIMEOUT = 5  # seconds, to connect and to answer
PAGE = 500
_UUID_BYTES = 16
_BINARY = {"objectguid"}  # ids that Active Directory keeps as bytes


class Away(Exception):
    """The directory does not answer, its certificate is not trusted, or it does not let us read."""


class TurnedAway(Away):
    """It answers, and refuses the account we read with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in the directory."""

    dn: str
    id: str
    user_name: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group in the directory, with the names of its members' entries."""

    dn: str
    name: str
    members: frozenset[str]


class _Checked(ldap3.Tls):  # type: ignore[misc]
    """TLS 1.2 or later, with a certificate for this very host."""

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        context = ssl.create_default_context(cadata=self.ca_certs_data)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


class Directory:
    """One directory, as its connection's settings describe it."""

    def __init__(self, settings: Mapping[str, Any], secret: str) -> None:
        self.settings, self._secret = settings, secret

    @classmethod
    def of(cls, connection: Connection) -> "Directory":
        """The directory of a connection in force.

        Raises:
            kit.sealing.Unavailable: there are no keys to open its secret with.
        """
        return cls(connection.settings, connections.secret_of(connection))

    def find(self, user_name: str) -> Entry | None:
        """The one entry with this user name; None when there is none, or more than one."""
        return self._one(f"({self.settings['user_attribute']}={escape_filter_chars(user_name)})")

    def by_id(self, entry_id: str) -> Entry | None:
        """The entry with this id."""
        return self._one(f"({self.settings['id_attribute']}={self._id_term(entry_id)})")

    def password_is_right(self, entry: Entry, password: str) -> bool:
        """Whether this entry can sign in with this password.

        Raises:
            Away: the directory does not answer.
        """
        if not password:
            return False  # a bind without a password succeeds as nobody
        try:
            with self._bound(entry.dn, password):
                return True
        except TurnedAway:
            return False

    def people(self) -> dict[str, Entry]:
        """Everybody, by id."""
        with self._reading() as connection:
            found = [self._entry(one) for one in self._search(connection, self._person(""))]
        return {one.id: one for one in found if one}

    def groups(self, member: str = "") -> list[Group]:
        """The groups, or those in which the entry with this name is."""
        base, attribute = self.settings["group_base"], self.settings["member_attribute"]
        if not base:
            return []
        wanted = f"({attribute}={escape_filter_chars(member)})" if member else f"({attribute}=*)"
        with self._reading() as connection:
            rows = list(
                connection.extend.standard.paged_search(
                    base, wanted, attributes=["cn", attribute], paged_size=PAGE, generator=True
                )
            )
        return [
            Group(
                row["dn"],
                _first(row["attributes"].get("cn")) or row["dn"],
                frozenset(str(one).casefold() for one in _all(row["attributes"].get(attribute))),
            )
            for row in rows
            if row.get("type") == "searchResEntry"
        ]

    def greet(self) -> str:
        """Sign in as we read, and say how it was spoken to."""
        with self._reading() as connection:
            version = connection.socket.version() if hasattr(connection.socket, "version") else ""
        kind = "LDAPS" if self.settings["security"] == "ldaps" else "LDAP + StartTLS"
        return f"{kind}, {(version or 'TLS').replace('v', ' ')}"

    def _one(self, term: str) -> Entry | None:
        with self._reading() as connection:
            found = list(self._search(connection, self._person(term)))
        return self._entry(found[0]) if len(found) == 1 else None

    def _person(self, term: str) -> str:
        return f"(&{self.settings['person_filter']}{term})"

    def _id_term(self, entry_id: str) -> str:
        if self.settings["id_attribute"].casefold() in _BINARY:
            return str(escape_bytes(UUID(entry_id).bytes_le))
        return str(escape_filter_chars(entry_id))

    def _search(self, connection: Any, wanted: str) -> Iterator[Mapping[str, Any]]:
        names = [self.settings[key] for key in ("id_attribute", "user_attribute", "name_attribute")]
        for row in connection.extend.standard.paged_search(
            self.settings["base"], wanted, attributes=names, paged_size=PAGE, generator=True
        ):
            if row.get("type") == "searchResEntry":
                yield row

    def _entry(self, row: Mapping[str, Any]) -> Entry | None:
        values = row["attributes"]
        user_name = _first(values.get(self.settings["user_attribute"]))
        if self.settings["id_attribute"].casefold() in _BINARY:
            raw = next(iter(row["raw_attributes"].get(self.settings["id_attribute"], ())), b"")
            entry_id = str(UUID(bytes_le=raw)) if len(raw) == _UUID_BYTES else ""
        else:
            entry_id = _first(values.get(self.settings["id_attribute"]))
        name = _first(values.get(self.settings["name_attribute"])) or user_name
        return Entry(row["dn"], entry_id, user_name, name) if entry_id and user_name else None

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._bound(self.settings["bind_dn"], self._secret) as connection:
            yield connection

    @contextmanager
    def _bound(self, dn: str, password: str) -> Iterator[Any]:
        """A connection signed in as `dn`.

        Raises:
            Away: no answer, no valid certificate, no TLS. TurnedAway: refused.
        """
        ldaps = self.settings["security"] == "ldaps"
        server = ldap3.Server(
            self.settings["host"],
            port=int(self.settings["port"]),
            use_ssl=ldaps,
            tls=_Checked(validate=ssl.CERT_REQUIRED, ca_certs_data=self.settings.get("ca") or None),
            connect_timeout=TIMEOUT,
            get_info=ldap3.NONE,
        )
        connection = ldap3.Connection(
            server,
            user=dn,
            password=password,
            client_strategy=ldap3.SYNC,
            authentication=ldap3.SIMPLE,
            receive_timeout=TIMEOUT,
            raise_exceptions=True,
            auto_referrals=False,
        )
        try:
            connection.open(read_server_info=False)
            if not ldaps and not connection.start_tls(read_server_info=False):
                raise Away("no TLS")
            connection.bind()
            yield connection
        except LDAPInvalidCredentialsResult:
            raise TurnedAway from None
        except LDAPException as error:
            # The library's text may hold names of entries; only what kind of failure it was goes on.
            raise Away(_kind_of(error)) from None
        finally:
            with suppress(LDAPException, OSError):
                connection.unbind()
            if connection.socket is not None:
                connection.socket.close()


def _kind_of(error: Exception) -> str:
    return "certificate verify failed" if "certificate" in str(error).lower() else type(error).__name__


def _all(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _first(value: object) -> str:
    found = _all(value)
    return str(found[0]).strip() if found else ""
