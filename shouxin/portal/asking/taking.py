"""What the person asked to see, fetched at their own door: once, after a second code, within seven days."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shouxin.core.policy.decision import is_fresh
from shouxin.kit import clock
from shouxin.portal.entering import channels
from shouxin.rights.cases import presenting
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case
from shouxin.rights.packages import queries
from shouxin.rights.packages.models import State


def offered(row: Case, proved_at: datetime | None) -> dict[str, Any] | None:
    """What there is to fetch, or when it was fetched; nothing where nothing was frozen. `proved_at`: when whoever looks
    typed a second code."""
    found, now = queries.of(row), clock.now()
    if found is None or found.state not in {State.READY, State.TAKEN, State.ENDED} or not found.sha256:
        return None
    ready = found.state == State.READY and found.expires_at is not None and found.expires_at > now
    return {
        "row": found,
        "ready": ready,
        "taken": found.state == State.TAKEN,
        "can_prove": bool(channels.offered()),
        "proved": is_fresh(proved_at, now),
    }


def why_not(row: Case, problem: CaseProblem) -> str:
    """Why nothing is fetched, and what would work: it was fetched, it ran out, or the second code is missing."""
    if problem.code == "package.second-factor":
        return _(
            "没有下载：要先输入第二个验证码，10 分钟内有效。请点“发送验证码”，输入后会回到本页，再下载。"
        )
    if problem.code == "package.other":
        return _("没有下载：工作人员已开始为您交付这份材料。想自己下载的，请联系我们，或再提出一次申请。")
    found = queries.of(row)
    if problem.code == "package.none" and found is not None and found.taken_at is not None:
        day = f"{timezone.localtime(found.taken_at):%Y-%m-%d %H:%M}"
        said = _(
            "没有下载：只能下载一次，已于 %(day)s 下载过，我们这里的已经销毁。不是您下载的，请马上告诉我们。"
        )
        return said % {"day": day}
    if problem.code == "package.none" and found is not None and found.expires_at is not None:
        day = f"{timezone.localtime(found.expires_at):%Y-%m-%d %H:%M}"
        said = _("没有下载：领取期限到 %(day)s 为止，过期的已经销毁。还需要的，再提出一次申请。")
        return said % {"day": day}
    if problem.code == "package.none":
        return _("没有下载：材料还没有准备好。答复以后才能下载，期限写在本页上方。")
    return str(presenting.PROBLEMS.get(problem.code, problem.code))
