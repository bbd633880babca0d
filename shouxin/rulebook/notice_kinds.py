"""What the rulebook has to tell staff: what waits for approval, and what was approved."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
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
    to_each,
)
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.rulebook.catalogue import queries as catalogue
from shouxin.rulebook.catalogue.models import LevelLowering
from shouxin.rulebook.policies import queries as policies
from shouxin.rulebook.policies.models import PolicyVersion
from shouxin.rulebook.purposes import queries as purposes
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.regions import queries as regions
from shouxin.rulebook.regions.models import RegionVersion

P = Permission


def _thing(row: Any) -> UUID:
    """Some rows here are known by a key; a notice knows things by an id."""
    return thing_of(type(row).__name__, row.pk)


def _each(
    waiting: Callable[[Actor], Iterable[Any]], path: Callable[[Any], str]
) -> Callable[[Actor], Iterable[Matter]]:
    return lambda actor: (to_decide(_thing(row), path(row), row, name=_name(row)) for row in waiting(actor))


def _name(row: Any) -> Text:
    """What a rule is called, in both languages."""
    if isinstance(row, RegionVersion):
        known = jurisdictions.known().get(row.jurisdiction)
        return known.name if known else Text(row.jurisdiction, row.jurisdiction)
    if isinstance(row, NoticeVersion | PolicyVersion):
        titled = row.notice if isinstance(row, NoticeVersion) else row
        zh, en = titled.title_zh, titled.title_en or titled.title_zh
        return Text(f"{zh}（第 {row.number} 版）", f"{en} (version {row.number})")
    named = row.field if isinstance(row, LevelLowering) else row
    return Text(named.name_zh, named.name_en or named.name_zh)


def _page(name: str, *, by: str = "id") -> Callable[[Any], str]:
    """The page of a row."""

    def path(row: Any) -> str:
        value = row
        for part in by.split("."):
            value = getattr(value, part)
        return reverse(f"rulebook:{name}", args=[value])

    return path


_purpose, _notice, _policy, _region = (
    _page("purpose", by="key"),
    _page("notice_version"),
    _page("policy_version"),
    _page("region_version"),
)

for _key, _title, _permission, _waiting, _path, _pending in (
    (
        "rulebook.purpose",
        Text("有处理目的待您审批", "A purpose waits for your approval"),
        P.RULEBOOK_PURPOSE_APPROVE,
        purposes.purposes_awaiting,
        _purpose,
        lambda: Purpose.objects.filter(status=Purpose.Status.SUBMITTED).exists(),
    ),
    (
        "rulebook.notice",
        Text("有告知待您审批", "A privacy notice waits for your approval"),
        P.RULEBOOK_NOTICE_APPROVE,
        purposes.versions_awaiting,
        _notice,
        lambda: NoticeVersion.objects.filter(approved_at=None).exists(),
    ),
    (
        "rulebook.policy",
        Text("有守则待您审批", "A rule for staff waits for your approval"),
        P.RULEBOOK_POLICY_APPROVE,
        policies.awaiting,
        _policy,
        lambda: PolicyVersion.objects.filter(approved_at=None, pack=None).exists(),
    ),
    (
        "rulebook.region",
        Text("有地区规则待您审批", "The rules of a region wait for your approval"),
        P.RULEBOOK_REGION_APPROVE,
        regions.awaiting,
        _region,
        lambda: RegionVersion.objects.filter(approved_at=None).exists(),
    ),
    (
        "rulebook.lowering",
        Text("有字段降级待您审批", "Lowering the grade of a field waits for your approval"),
        P.RULEBOOK_LOWERING_APPROVE,
        catalogue.lowerings_awaiting,
        _page("field", by="field.key"),
        lambda: LevelLowering.objects.filter(closed_at=None).exists(),
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


def _to_acknowledge(now: datetime) -> Found:
    """To everybody who did not acknowledge what is in force: until then no page of a customer opens for them."""
    path = reverse("rulebook:policy_read")
    for staff, version in policies.unacknowledged(now):
        begun = max(version.effective_on, rules.local(staff.created_at, staff.time_zone).date())
        yield staff.id, Matter(version.id, path, due=end_of(begun), since=end_of(begun))


def _coming(now: datetime) -> Found:
    """To everybody: a new version is approved, and its day is near."""
    for version in policies.coming(now):
        matter = Matter(
            version.id, _policy(version), due=end_of(version.effective_on), since=version.approved_at
        )
        for staff in policies.at_work():
            yield staff.id, matter


for _key, _title, _find in (
    (
        "policies.acknowledge",
        Text("有守则待您阅读并确认", "Rules for staff wait for you to read and acknowledge them"),
        _to_acknowledge,
    ),
    (
        "policies.coming",
        Text(
            "守则的新版本即将生效，届时请您确认",
            "New rules for staff take effect soon; you will be asked to acknowledge them",
        ),
        _coming,
    ),
):
    register(Kind(_key, Group.DUE, _title, _find, slow=True))


def _approved(now: datetime) -> Found:
    """To whoever drafted it."""
    since = now - rules.HAPPENED
    approved: tuple[tuple[Any, Callable[[Any], str]], ...] = (
        (Purpose.objects.filter(approved_at__gte=since), _purpose),
        (NoticeVersion.objects.filter(approved_at__gte=since).select_related("notice"), _notice),
        (PolicyVersion.objects.filter(approved_at__gte=since, pack=None), _policy),
        (RegionVersion.objects.filter(approved_at__gte=since, pack=None), _region),
    )
    return to_each(
        (row.drafted_by, Matter(_thing(row), path(row), name=_name(row)))
        for rows, path in approved
        for row in rows
        if row.drafted_by != row.approved_by
    )


register(
    Kind(
        "rulebook.approved",
        Group.RESULT,
        Text("您起草的规则已批准", "A rule that you drafted was approved"),
        _approved,
        standing=False,
    )
)
