"""The self-test of a directory, and what counts as speaking to it safely."""

import pytest

from shouxin.kit import connections as tried
from shouxin.kit.connections import State
from shouxin.people.connections.models import Connection
from shouxin.people.directory.tests.conftest import Connect
from tests.harness.certificates import Authority
from tests.peers.slapd import Slapd

pytestmark = pytest.mark.django_db


def look() -> tried.Outcome:
    (found,) = tried.examine(tried.connections["ldap"])
    return found


def test_what_the_self_test_tells(
    slapd: Slapd, connect: Connect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert look().state is State.NOT_CONFIGURED
    made = connect(slapd.settings())
    assert look().state is State.OK
    assert look().protocol.startswith("LDAPS, TLS 1.")

    def changed(**settings: object) -> State:
        Connection.objects.filter(id=made.id).update(settings=slapd.settings(**settings))
        return look().state

    assert changed(port=slapd.plain, security="starttls") is State.OK
    assert look().protocol.startswith("LDAP + StartTLS, TLS 1.")
    assert changed(bind_dn="cn=nobody,dc=example,dc=com") is State.TURNED_AWAY
    assert changed(port=1) is State.UNREACHABLE
    stranger = Authority(tmp_path_factory.mktemp("stranger"), "another authority")
    for security, port in (("ldaps", slapd.ldaps), ("starttls", slapd.plain)):
        assert changed(security=security, port=port, ca=stranger.pem) is State.CERTIFICATE_REFUSED
        # a certificate for this machine under another name is none
        assert changed(security=security, port=port, host="127.0.0.2") is not State.OK
    # nothing is ever said in clear: a port that speaks plain LDAP gets no password over LDAPS
    assert changed(port=slapd.plain, security="ldaps") is State.UNREACHABLE
