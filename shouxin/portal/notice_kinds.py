"""What the portal has to tell staff: whom it could not reach, so that somebody writes."""

from datetime import datetime

from django.urls import reverse

from shouxin.core.policy import Permission
from shouxin.core.text import Text
from shouxin.people.notices.kinds import Found, Group, Kind, Matter, end_of, register
from shouxin.portal.answers import services as answers


def _to_write(now: datetime) -> Found:
    """To whoever has the request in hand, until they wrote, or what they had to write of is over."""
    for row in answers.to_write(now):
        if row.case.handler_id is not None:
            path = reverse("rights:case", args=[row.case_id])
            yield row.case.handler_id, Matter(row.id, path, due=end_of(row.case.due_on), since=row.noted_at)


register(
    Kind(
        "portal.write",
        Group.APPROVAL,
        Text(
            "您办理的申请已答复或延长了期限，申请人没有收到消息，请书面告知",
            "A request of yours was answered or takes longer, and its asker got no message: write to them by post",
        ),
        _to_write,
        permission=Permission.RIGHTS_CASE_HANDLE,
    )
)
