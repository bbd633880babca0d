"""What the vault has to tell staff: a change of algorithms waits to be confirmed."""

from collections.abc import Iterable

from django.urls import reverse

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.people.notices.kinds import Group, Kind, Matter, asked_of, register
from shouxin.vault.models import ChangeState, SuiteChange

_WAITING = SuiteChange.objects.filter(state=ChangeState.PROPOSED)


def _waiting(actor: Actor) -> Iterable[Matter]:
    return [Matter(row.id, reverse("vault:keys")) for row in _WAITING.all() if row.proposed_by_id != actor.id]


register(
    Kind(
        "vault.suite",
        Group.APPROVAL,
        Text("有算法变更待您确认", "A change of algorithms waits for your confirmation"),
        asked_of(Permission.VAULT_SUITE_CONFIRM, _waiting, pending=lambda: _WAITING.all().exists()),
        permission=Permission.VAULT_SUITE_CONFIRM,
        mail=True,
    )
)
