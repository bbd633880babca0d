"""How far the journal is sealed, for those who read it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.console import spans
from shouxin.core.policy import Actor, Permission
from shouxin.journal import queries
from shouxin.kit import clock, workbench
from shouxin.kit.workbench import Figure

WAITING_LONG = 60  # seconds; an entry is normally sealed within one


def _sealing(_actor: Actor) -> Iterator[Figure]:
    state, now = queries.sealing(), clock.now()
    listed = reverse("journal:entries")
    since = spans.since(state.at, now) if state.at else _("尚未封存")
    yield Figure(_("已封存的日志"), f"{state.size:,}", listed, since)
    late = bool(state.waiting and state.at and (now - state.at).total_seconds() > WAITING_LONG)
    yield Figure(_("等待封存"), f"{state.waiting:,}", listed, bad=late)


def register() -> None:
    """Sign up with the workbench."""
    workbench.figures.register(
        "sealing", workbench.Figures("sealing", _sealing, frozenset({Permission.JOURNAL_ENTRY_READ.value}), 5)
    )
