"""Reading connections."""

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import override

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.people import queries as people
from shouxin.people.connections.models import Connection, Kind, State

# What a directory at the other end may do with people: bring, rename, place, end; roles it can but propose.
_PROVISIONING = frozenset({Permission.PEOPLE_STAFF_WRITE, Permission.PEOPLE_ROLE_GRANT})
SECRET = "secret of a connection"  # noqa: S105 - what is sealed, not the secret
_DOOR_CAUSES = {
    "secret": Text("令牌错误", "wrong token"),
    "address": Text("来源地址不在名单内", "address not on its list"),
    "unreachable": Text("连接不上或证书不受信任", "unreachable, or certificate not trusted"),
    "round": Text("不是本浏览器开始的，或已过期", "not begun in this browser, or too old"),
    "unlinked": Text("账号没有关联", "account not linked"),
    "may_not": Text("登录名不能使用", "log-in may not be used"),
    "no_keys": Text("密钥服务不可用", "no keys"),
    "cancelled": Text("在对方处取消或未通过", "cancelled or refused over there"),
    "answer": Text("对方的答复不可用", "unusable answer"),
    "description": Text("对方的说明不可用", "unusable description"),
    "id_token.missing": Text("没有身份令牌", "no ID token"),
    "audience": Text("身份令牌不是给本系统的", "ID token for another audience"),
    "expired": Text("身份令牌已过期", "ID token expired"),
    "issuer": Text("签发者不符", "another issuer"),
    "signature": Text("身份令牌签名无效", "ID token not signed by the provider"),
    "nonce": Text("身份令牌不是对本次登录的答复", "ID token answers another question"),
    "not-a-member": Text("不是本单位成员", "not a member of the organisation"),
}


def visible_to(actor: Actor) -> QuerySet[Connection]:
    """Every connection, for those who may know of them."""
    actor.require(Permission.PEOPLE_CONNECTION_READ)
    return Connection.objects.select_related("drafted_by", "decided_by", "ended_by")


def awaiting(actor: Actor) -> QuerySet[Connection]:
    """What `actor` could confirm now: a new connection or a change of one, drafted by somebody else."""
    if not actor.may(Permission.PEOPLE_CONNECTION_APPROVE):
        return Connection.objects.none()
    open_ones = Q(state=State.DRAFTED) | Q(state=State.ACTIVE, draft__isnull=False)
    return visible_to(actor).filter(open_ones).exclude(drafted_by__person__in=people.person_of(actor))


def in_force(*kinds: Kind) -> QuerySet[Connection]:
    """Connections of these kinds that work now."""
    return Connection.objects.filter(state=State.ACTIVE, kind__in=kinds)


def secret_of(connection: Connection) -> str:
    """The secret of a connection in force, for the moment of its use.

    Raises:
        kit.sealing.Unavailable, kit.sealing.NotSealedHere: there are no keys, or it is not this connection's.
    """
    kept = connection.secret
    return sealing.unseal(SECRET, connection.id, bytes(kept)).decode() if kept else ""


def actor_of(connection: Connection) -> Actor:
    """The program at the other end, as the actor of what it asks for."""
    return Actor(
        id=connection.id,
        kind=ActorKind.CLIENT,
        pseudonym=connection.pseudonym,
        permissions=_PROVISIONING,
    )


@lru_cache(maxsize=2)
def _derived(secret: str) -> bytes:
    return hashlib.sha256(b"shouxin-connection-token" + secret.encode()).digest()


def token_key() -> bytes:
    """The key of token digests; it lies outside the database, with the installation's secret."""
    return _derived(settings.SECRET_KEY)


def names(pseudonyms: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of the connections behind these pseudonyms."""
    return dict(Connection.objects.filter(pseudonym__in=pseudonyms).values_list("pseudonym", "name"))


def kind_name(value: object, language: str) -> str:
    """A kind in words; an unknown one as it stands."""
    with override(language):
        return str(Kind(value).label) if value in Kind.values else str(value)


def door_cause(value: object, language: str) -> str:
    """Why a token was turned away, in words."""
    found = _DOOR_CAUSES.get(str(value))
    return found.in_(language) if found else str(value)


def accounts(ids: Collection[UUID]) -> Mapping[UUID, tuple[str, UUID]]:
    """Of the connections among `ids`: their name and who set them up."""
    found = Connection.objects.filter(id__in=ids).values_list("id", "name", "drafted_by_id")
    return {key: (name, owner) for key, name, owner in found}


people.name_sources.register("connections", names)
people.other_accounts.register("connections", accounts)
