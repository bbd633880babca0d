"""Reading links between log-ins and subjects at the other side."""

from shouxin.people.connections.models import Connection, Kind, State
from shouxin.people.federation.models import ExternalIdentity
from shouxin.people.models import Staff

SIGN_IN_KINDS = (Kind.OIDC, Kind.FEISHU, Kind.DINGTALK, Kind.WECOM)


def offered() -> list[Connection]:
    """Connections that people can sign in by, for the buttons of the one door."""
    return list(Connection.objects.filter(state=State.ACTIVE, kind__in=SIGN_IN_KINDS).order_by("name", "id"))


def whose(connection: Connection, subject: str) -> ExternalIdentity | None:
    """The confirmed link of this subject; nobody is found by e-mail address or name."""
    found = ExternalIdentity.objects.select_related("staff__department")
    return found.filter(
        connection=connection, subject=subject, ended_at__isnull=True, confirmed_at__isnull=False
    ).first()


def identity_at(staff: Staff, connection: Connection) -> ExternalIdentity | None:
    """The confirmed link of this log-in."""
    return ExternalIdentity.objects.filter(
        staff=staff, connection=connection, ended_at__isnull=True, confirmed_at__isnull=False
    ).first()


def links_of(staff: Staff) -> list[ExternalIdentity]:
    """The links of a log-in that have not ended, confirmed or not."""
    found = ExternalIdentity.objects.filter(staff=staff, ended_at__isnull=True)
    return list(found.select_related("connection", "linked_by", "confirmed_by"))
