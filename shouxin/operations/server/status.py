"""The page of the system administrator: what `shouxin doctor` finds, in the browser."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Permission
from shouxin.core.text import Text
from shouxin.kit.connections import State, connections, examine
from shouxin.operations.server import hardening, readiness
from shouxin.operations.server.doctor import STATES
from shouxin.operations.server.readings import KIND_NAMES, readings
from shouxin.people.doors import StaffRequest, allowed

KINDS = {State.OK: "ok", State.NOT_CONFIGURED: "muted", State.NOT_USED: "muted"}


@require_http_methods(["GET", "POST"])
@allowed(Permission.OPERATIONS_HEALTH_READ)
def system(request: StaffRequest) -> HttpResponse:
    """Findings at once; connections are tried when asked for, because each may take some seconds."""
    tried = request.method == "POST"
    context = {
        "page_title": _("系统体检"),
        "findings": [(code, _said(text)) for code, text in problems()],
        "tried": tried,
        "readings": [
            {
                "kind": one.kind,
                "title": _said(one.title),
                "state": _said(KIND_NAMES[one.kind]),
                "value": _said(one.value),
                "advice": _said(one.advice) if one.advice else "",
            }
            for one in readings()
        ],
        "lines": [line for one in connections.values() for line in _lines(one.name, tried=tried)],
    }
    return render(request, "server/system.html", context)


def problems() -> list[tuple[str, Text]]:
    """What is out of order: health and hardening; without a database only what needs none."""
    found = readiness.obstacles()
    return found + hardening.findings(database=not any(code == "database" for code, _text in found))


def _lines(name: str, *, tried: bool) -> list[dict[str, str]]:
    one = connections[name]
    if not tried:
        return [{"title": _said(one.title)}]
    return [
        {
            "title": _said(one.title),
            "protocol": outcome.protocol,
            "target": outcome.target,
            "result": _said(STATES[outcome.state]),
            "kind": KINDS.get(outcome.state, "bad"),
            "detail": _said(outcome.detail) if outcome.detail else "",
            "reduced": "" if outcome.fine else _said(one.reduced),
        }
        for outcome in examine(one)
    ]


def _said(text: Text) -> str:
    return text.in_(get_language() or "zh-hans")
