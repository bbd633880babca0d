"""What the rooms of access have to tell staff: what waits for approval, what ends, what was decided, emergencies."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from shouxin.access.clients import queries as clients
from shouxin.access.clients.models import ApiClient, ClientChange, ClientState, ClientToken
from shouxin.access.emergency import queries as emergency
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants import queries as grants
from shouxin.access.grants.models import StandingGrant
from shouxin.access.grants.models import State as GrantState
from shouxin.access.highrisk import queries as highrisk
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.highrisk.models import State as RiskState
from shouxin.access.reviews import queries as reviews
from shouxin.access.reviews.models import UNDECIDED, Review, ReviewLine
from shouxin.access.secrets import queries as secrets
from shouxin.access.secrets.models import EntryState, SecretReader
from shouxin.access.webhooks import queries as webhooks
from shouxin.access.webhooks import rules as webhook_rules
from shouxin.access.webhooks.models import Endpoint, EndpointState
from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.gate import facts
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import (
    Found,
    Group,
    Kind,
    Matter,
    asked_of,
    end_of,
    register,
    thing_of,
    to_decide,
)
from shouxin.people.preferences.rules import DEFAULT_ZONE

P = Permission
AHEAD = timedelta(days=max(rules.REMINDERS) + 1)


def _page(name: str) -> Callable[[Any], str]:
    """The page of a row."""
    return lambda row: reverse(f"access:{name}", args=[row.id])


def _list(name: str, query: str = "state=awaiting") -> Callable[[Any], str]:
    return lambda _row: f"{reverse(f'access:{name}')}?{query}"


def _each(
    waiting: Callable[[Actor], Iterable[Any]], path: Callable[[Any], str]
) -> Callable[[Actor], Iterable[Matter]]:
    return lambda actor: (to_decide(row.id, path(row), row) for row in waiting(actor))


for _key, _title, _permission, _waiting, _path, _pending in (
    (
        "webhooks.awaiting",
        Text("有推送地址待您审批", "A webhook waits for your approval"),
        P.API_CLIENT_APPROVE,
        webhooks.awaiting,
        _page("webhook"),
        lambda: Endpoint.objects.filter(state=EndpointState.PROPOSED).exists(),
    ),
    (
        "risks.awaiting",
        Text("有高风险标记待您审批", "A marking of high risk waits for your approval"),
        P.RISK_MARK_APPROVE,
        highrisk.awaiting,
        _page("risk"),
        lambda: RiskMark.objects.filter(state__in=[RiskState.PROPOSED, RiskState.ENDING]).exists(),
    ),
    (
        "secrets.awaiting",
        Text("有商业秘密列名待您审批", "An entry in the register of trade secrets waits for your approval"),
        P.ACCESS_NAMED_APPROVE,
        secrets.awaiting,
        _list("secrets"),
        lambda: SecretReader.objects.filter(state=EntryState.PENDING).exists(),
    ),
):
    register(
        Kind(
            _key,
            Group.APPROVAL,
            _title,
            asked_of(_permission, _each(_waiting, _path), pending=_pending),
            mail=True,
            permission=_permission,
        )
    )


def _clients(actor: Actor) -> Iterable[Matter]:
    """The program itself, or a change of one that is in use."""
    changed = dict(
        ClientChange.objects.filter(state=ClientChange.State.PROPOSED)
        .order_by("-proposed_at")
        .values_list("client_id", "proposed_at")
    )
    for row in clients.awaiting(actor):
        since = row.proposed_at if row.state == ClientState.PROPOSED else changed.get(row.id)
        yield to_decide(row.id, _page("client")(row), since, name=Text(row.name, row.name))


register(
    Kind(
        "clients.awaiting",
        Group.APPROVAL,
        Text("有接口客户端待您审批", "A program's access waits for your approval"),
        asked_of(
            P.API_CLIENT_APPROVE,
            _clients,
            pending=lambda: (
                ApiClient.objects.filter(state=ClientState.PROPOSED).exists()
                or ClientChange.objects.filter(state=ClientChange.State.PROPOSED).exists()
            ),
        ),
        mail=True,
        permission=P.API_CLIENT_APPROVE,
    )
)


def _grants(actor: Actor) -> Iterable[Matter]:
    """Each with the day by which a decision is expected."""
    for row in grants.awaiting(actor):
        purpose = facts.rules["rulebook"].purpose(row.purpose)
        yield to_decide(row.id, _page("grant")(row), row, name=purpose.name if purpose else None)


register(
    Kind(
        "grants.awaiting",
        Group.APPROVAL,
        Text("有用数授权待您审批", "A grant waits for your approval"),
        asked_of(
            P.ACCESS_GRANT_APPROVE,
            _grants,
            pending=lambda: StandingGrant.objects.filter(state=GrantState.PENDING).exists(),
        ),
        mail=True,
        permission=P.ACCESS_GRANT_APPROVE,
    )
)


def _reviews(actor: Actor) -> Iterable[Matter]:
    """One for each review, with the number of lines and the day they lapse."""
    lines = reviews.lines_awaiting(actor)
    for review in Review.objects.filter(id__in=lines).order_by("due_at", "id"):
        path = reverse("access:review", args=[review.id])
        yield Matter(review.id, path, due=review.due_at, since=review.opened_at, count=lines[review.id])


register(
    Kind(
        "reviews.awaiting",
        Group.APPROVAL,
        Text("有权限待您复核，逾期失效", "Rights wait for your review and lapse otherwise"),
        asked_of(
            P.ACCESS_REVIEW_CONFIRM,
            _reviews,
            pending=lambda: ReviewLine.objects.filter(
                state__in=UNDECIDED, review__closed_at__isnull=True
            ).exists(),
        ),
        permission=P.ACCESS_REVIEW_CONFIRM,
        mail=True,
    )
)


def _emergencies(actor: Actor) -> Iterable[Matter]:
    for row in emergency.awaiting(actor):
        path = reverse("access:emergency", args=[row.id])
        yield Matter(row.id, path, due=end_of(row.review_due), since=row.opened_at)


register(
    Kind(
        "emergencies.awaiting",
        Group.SECURITY,
        Text("有人使用了应急访问，请查看并复核", "Emergency access was used; look at it and review it"),
        asked_of(
            P.ACCESS_EMERGENCY_REVIEW,
            _emergencies,
            pending=lambda: EmergencyAccess.objects.filter(reviewed_at__isnull=True).exists(),
        ),
        permission=P.ACCESS_EMERGENCY_REVIEW,
    )
)


def _alerts(actor: Actor) -> Iterable[Matter]:
    """All of one's unseen alerts together; a further one tells anew, once a day."""
    found = list(highrisk.unseen(actor).values_list("at", flat=True)[: rules.AT_ONCE * 5])
    if found:
        day = rules.local(max(found), DEFAULT_ZONE).date().isoformat()
        yield Matter(
            thing_of("risk alerts"), _list("risk_alerts", "state=new")(None), count=len(found), step=day
        )


register(
    Kind(
        "risks.alerts",
        Group.SECURITY,
        Text("高风险信息被查看", "Information of high risk was looked at"),
        asked_of(
            P.RISK_MARK_APPROVE,
            _alerts,
            pending=lambda: RiskAlert.objects.filter(Q(officer=None) | Q(head=None)).exists(),
        ),
        permission=P.RISK_MARK_APPROVE,
    )
)


def _ending_grants(now: datetime) -> Found:
    rows = StandingGrant.objects.filter(state=GrantState.ACTIVE, until__gt=now, until__lte=now + AHEAD)
    return (
        (row.staff_id, Matter(row.id, _page("grant")(row), due=row.until, since=row.decided_at))
        for row in rows
    )


def _ending_clients(now: datetime) -> Found:
    """The right itself, and a token that a newer one takes over.

    To whoever answers for it and to whoever asked for it: the page of programs is not open to every role.
    """
    rows = ApiClient.objects.filter(state=ClientState.APPROVED, ends_at__gt=now, ends_at__lte=now + AHEAD)
    for row in rows:
        matter = Matter(row.id, _page("client")(row), due=row.ends_at, since=row.decided_at)
        for staff in {row.owner_id, row.proposed_by_id}:
            yield staff, matter
    tokens = ClientToken.objects.filter(
        ended_at__isnull=True, until__gt=now, until__lte=now + AHEAD, client__state=ClientState.APPROVED
    )
    for token in tokens.select_related("client"):
        path = _page("client")(token.client)
        for staff in {token.client.owner_id, token.client.proposed_by_id}:
            yield staff, Matter(token.id, path, due=token.until, since=token.issued_at)


def _ending_names(now: datetime) -> Found:
    rows = SecretReader.objects.filter(state=EntryState.ACTIVE, until__gt=now, until__lte=now + AHEAD)
    page = _page("secret")
    return ((row.asked_by_id, Matter(row.id, page(row), due=row.until, since=row.decided_at)) for row in rows)


def _ending_signatures(now: datetime) -> Found:
    """To whoever answers for the program: from then on messages carry the new signature alone."""
    rows = Endpoint.objects.filter(
        state=EndpointState.APPROVED, earlier_until__gt=now, earlier_until__lte=now + AHEAD
    )
    for row in rows.select_related("client"):
        since = row.earlier_until - webhook_rules.SECRET_OVERLAP if row.earlier_until else None
        yield row.client.owner_id, Matter(row.id, _page("webhook")(row), due=row.earlier_until, since=since)


for _key, _title, _find in (
    (
        "webhooks.ending",
        Text(
            "推送的旧签名密钥即将失效，请确认接收方已换新密钥",
            "An old signing secret of a webhook ends soon; see that its receiver uses the new one",
        ),
        _ending_signatures,
    ),
    ("grants.ending", Text("您的用数授权即将到期", "A grant of yours ends soon"), _ending_grants),
    (
        "clients.ending",
        Text("您负责的接口客户端或令牌即将到期", "A program's access or token that you answer for ends soon"),
        _ending_clients,
    ),
    (
        "secrets.ending",
        Text("商业秘密名录中的一项即将到期", "An entry in the register of trade secrets ends soon"),
        _ending_names,
    ),
):
    register(Kind(_key, Group.DUE, _title, _find, first=False, slow=True))


def _decided(now: datetime) -> Found:
    """To whoever asked, and to whom it is about."""
    since = now - rules.HAPPENED
    for grant in StandingGrant.objects.filter(
        state__in=[GrantState.ACTIVE, GrantState.REFUSED], decided_at__gte=since
    ):
        for staff in {grant.staff_id, grant.proposed_by_id} - {grant.decided_by_id}:
            yield staff, Matter(grant.id, _page("grant")(grant))
    for client in ApiClient.objects.filter(
        state__in=[ClientState.APPROVED, ClientState.REFUSED], decided_at__gte=since
    ):
        for staff in {client.owner_id, client.proposed_by_id} - {client.decided_by_id}:
            yield staff, Matter(client.id, _page("client")(client))
    changes = ClientChange.objects.exclude(state=ClientChange.State.WITHDRAWN).filter(decided_at__gte=since)
    for change in changes.select_related("client"):
        yield change.proposed_by_id, Matter(change.id, _page("client")(change.client))
    for endpoint in Endpoint.objects.filter(
        state__in=[EndpointState.APPROVED, EndpointState.REFUSED], decided_at__gte=since
    ):
        yield endpoint.proposed_by_id, Matter(endpoint.id, _page("webhook")(endpoint))
    for mark in RiskMark.objects.filter(
        state__in=[RiskState.ACTIVE, RiskState.REFUSED], decided_at__gte=since
    ):
        yield mark.proposed_by_id, Matter(mark.id, _page("risk")(mark))
    for entry in SecretReader.objects.filter(
        state__in=[EntryState.ACTIVE, EntryState.REFUSED], decided_at__gte=since
    ):
        yield entry.asked_by_id, Matter(entry.id, _page("secret")(entry))


register(
    Kind(
        "access.decided",
        Group.RESULT,
        Text("您的申请已有结果", "Your application was decided"),
        _decided,
        standing=False,
        mail=True,
    )
)


def _stopped(_now: datetime) -> Found:
    """To whoever answers for the program and whoever asked for it."""
    rows = Endpoint.objects.filter(state=EndpointState.DISABLED)
    for row in rows.select_related("client"):
        for staff in {row.client.owner_id, row.proposed_by_id}:
            yield staff, Matter(row.id, _page("webhook")(row))


register(
    Kind(
        "webhooks.stopped",
        Group.RESULT,
        Text("推送连续失败，已自动停用，请处理", "A webhook stopped after failing in a row; see to it"),
        _stopped,
        mail=True,
    )
)


def _reviewed(now: datetime) -> Found:
    """To whoever used emergency access."""
    rows = EmergencyAccess.objects.filter(reviewed_at__gte=now - rules.HAPPENED)
    return ((row.staff_id, Matter(row.id, _page("emergency")(row))) for row in rows)


register(
    Kind(
        "emergencies.reviewed",
        Group.RESULT,
        Text("您的应急访问已有人复核", "Your emergency access was reviewed"),
        _reviewed,
        standing=False,
    )
)


def _over(now: datetime) -> Found:
    """A grant that ended, by its day or by somebody else's hand."""
    since = now - rules.HAPPENED
    lapsed = Q(state=GrantState.ACTIVE, until__lte=now, until__gte=since)
    ended = Q(state=GrantState.ENDED, ended_at__gte=since)
    for row in StandingGrant.objects.filter(lapsed | ended):
        if row.ended_by_id != row.staff_id:
            yield row.staff_id, Matter(row.id, _page("grant")(row))


register(
    Kind(
        "grants.over",
        Group.RESULT,
        Text("您的用数授权已到期或被终止", "A grant of yours ended"),
        _over,
        standing=False,
    )
)
