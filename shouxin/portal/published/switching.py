"""Switching the public page of figures off and on again; what stands on it nobody writes."""

from datetime import datetime

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.portal.published import figures
from shouxin.portal.published.models import FiguresSwitch


class SwitchProblem(Exception):
    """It stands so already, or nobody says why it is to be off."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def switch(*, actor: Actor, on: bool, reason: str, now: datetime) -> FiguresSwitch:
    """Take the page away, with a reason that everybody reads in its place, or put it there again.

    Raises:
        SwitchProblem: it stands so already, or there is no reason.
        NotAllowed: the actor may not.
    """
    actor.require(Permission.PORTAL_FIGURES_SWITCH)
    reason = reason.strip()
    if not (on or reason):
        raise SwitchProblem("reason.none")
    with transaction.atomic():
        last = figures.switch()
        if (last is None or last.on) == on:
            raise SwitchProblem("switch.same")
        row = FiguresSwitch.objects.create(on=on, reason="" if on else reason, by_id=actor.id, at=now)
        event = "portal.figures_shown" if on else "portal.figures_hidden"
        journal.append(actor=actor, event=event, data={"switch": str(row.id)})
    return row
