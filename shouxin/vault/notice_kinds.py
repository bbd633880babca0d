"""What the vault has to tell staff: a change of algorithms to confirm, and states of keys that need a person.

What is told here is asked of the database and of the key provider's state alone; nothing is opened.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.urls import reverse

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.people.notices.kinds import Found, Group, Kind, Matter, asked_of, register, thing_of, to_decide
from shouxin.vault import index_queries, queries
from shouxin.vault.models import ChangeState, RootKey, RootState, Settings, SuiteChange

P = Permission
_WAITING = SuiteChange.objects.filter(state=ChangeState.PROPOSED)
UNFINISHED = timedelta(hours=1)  # work on root keys takes minutes; what stands longer was cut off


def _waiting(actor: Actor) -> Iterable[Matter]:
    path = reverse("vault:keys")
    return [to_decide(row.id, path, row) for row in _WAITING.all() if row.proposed_by_id != actor.id]


register(
    Kind(
        "vault.suite",
        Group.APPROVAL,
        Text("有算法变更待您确认", "A change of algorithms waits for your confirmation"),
        asked_of(P.VAULT_SUITE_CONFIRM, _waiting, pending=lambda: _WAITING.all().exists()),
        permission=P.VAULT_SUITE_CONFIRM,
        mail=True,
    )
)


def _keys_away() -> bool:
    """Keys were set up, and nothing sealed can be read or written now."""
    return Settings.objects.exists() and not queries.keys_usable()


def _unfinished(now: datetime) -> list[RootKey]:
    """Root keys whose rotation or destruction was begun and cut off."""
    begun = [RootState.PREPARED, RootState.RETIRING, RootState.DESTROYING]
    return list(RootKey.objects.filter(state__in=begun, since__lte=now - UNFINISHED))


def _retired(_now: datetime) -> list[RootKey]:
    """Old root keys that wrap nothing any more and are kept until somebody has them destroyed."""
    return list(RootKey.objects.filter(state=RootState.RETIRED))


def _of_roots(rows: Callable[[datetime], list[RootKey]]) -> Callable[[datetime], Found]:
    """To whoever rotates keys; asked for everybody at once."""

    def find(now: datetime) -> Found:
        found = rows(now)
        path = reverse("vault:keys")
        matters = [
            Matter(thing_of("root key", row.number, row.state), path, since=row.since) for row in found
        ]
        return asked_of(P.VAULT_KEY_ROTATE, lambda _actor: matters, pending=lambda: bool(matters))(now)

    return find


def _one(thing: str, address: str, stands: Callable[[], bool]) -> Callable[[datetime], Found]:
    """One state of the whole vault, while it stands."""

    def matters(_actor: Actor) -> Iterable[Matter]:
        return [Matter(thing_of(thing), reverse(address))]

    return asked_of(P.VAULT_KEY_ROTATE, matters, pending=stands)


for _kind in (
    Kind(
        "vault.keys_away",
        Group.SECURITY,
        Text(
            "密钥服务不可用，密文打不开也存不进，请处理",
            "The keys are away: nothing sealed can be read or written; see to it",
        ),
        _one("keys away", "vault:keys", _keys_away),
    ),
    Kind(
        "vault.root_unfinished",
        Group.SECURITY,
        Text(
            "根密钥的轮换或销毁没有做完，请接着做",
            "The rotation or destruction of a root key was cut off; finish it",
        ),
        _of_roots(_unfinished),
        mail=True,
    ),
    Kind(
        "vault.root_retired",
        Group.DUE,
        Text("旧根密钥已不再使用，可以销毁", "An old root key is not used any more and can be destroyed"),
        _of_roots(_retired),
        slow=True,
    ),
    Kind(
        "vault.index",
        Group.DUE,
        Text("密文检索索引需要重建", "The search index has to be rebuilt"),
        _one("search index", "vault:index", lambda: bool(index_queries.needed())),
        slow=True,
    ),
    Kind(
        "vault.outdated",
        Group.DUE,
        Text(
            "还有数据用已淘汰的算法加密，重新加密没有完成",
            "Data is still sealed under an outdated algorithm; encrypting it again is not done",
        ),
        _one(
            "outdated suites",
            "vault:keys",
            lambda: bool(queries.outdated_suites()) and bool(queries.outdated_groups()),
        ),
        slow=True,
    ),
):
    register(_kind)
