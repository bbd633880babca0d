"""The way of a request as the bar on its page shows it: which stages there are, who took each and when."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouxin.kit.detail import Stage, stages
from shouxin.people.story import mark as taken_by
from shouxin.rights.cases.models import Case, State


def stages_of(row: Case) -> list[Stage]:
    path = [
        *(
            ("received", pgettext("request", "登记")),
            ("identity", _("身份核验")),
            ("handling", pgettext("request", "办理")),
        ),
        *(("deciding", pgettext("stage", "审批")), ("answered", _("答复"))),
    ]
    marks = {
        "received": taken_by(row.filed_by, row.filed_at),
        "identity": taken_by(row.verified_by, row.verified_at),
        "handling": taken_by(row.proposed_by, row.proposed_at),
        "deciding": taken_by(row.decided_by, row.decided_at),
        "answered": taken_by(None, row.closed_at),
    }
    if row.state in {State.WITHDRAWN, State.DUPLICATE}:
        keys = [key for key, _title in path]
        taken = max(place for place, key in enumerate(keys[:-1]) if marks[key].at or not place)
        stop = keys[taken + 1]  # nobody took what comes after
        return stages(path, at=stop, marks=marks | {stop: marks["answered"]}, stopped=row.get_state_display())
    if row.state == State.WATCHING:
        path.insert(4, ("watching", _("等待删除")))
    over = row.state == State.ANSWERED
    return stages(path, at=row.state, marks=marks, over=over)
