"""The fixed cast of every test: one organisation, its people, and how to act or sign in as one of them.

The fixture `world` (conftest.py) needs the database; `world.actor("clerk")` is the actor of a member of the cast,
`world.signed_in(client, "clerk")` a browser client with their session. People are known by what they are:

    clerk 王芳 (销售部) · marketer 李强 (市场部) · agent 赵敏 (客服部) · sales_head 陈刚 · marketing_head 刘洋
    service_head 孙丽 · top_head 何静 · officer 周正 · system_admin 吴磊 · security_admin 郑洁 · audit_admin 冯涛
    supervisor 许宁 · newcomer 高远 (no role yet) · outsider 林深 (has left)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password

from shouxin.core.policy import Actor, Role, service_actor
from shouxin.kit import clock
from shouxin.people import queries
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.second_factor import adapter, proofs, rules, session
from shouxin.vault import services as vault
from shouxin.vault.keyring import keyring, root_key_path

if TYPE_CHECKING:
    from django.test import Client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of every authenticator app of the cast
PASSWORD = "correct horse 守信 battery"
ORGANISATION = "守信示例公司"
DEPARTMENTS = {
    "marketing": "市场部",
    "sales": "销售部",
    "service": "客服部",
    "it": "信息技术部",
    "compliance": "合规部",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast, before there is a database row."""

    name: str
    department: str
    roles: tuple[Role, ...]
    left: bool = False


CAST = {
    "clerk": Member("王芳", "sales", (Role.CLERK,)),
    "marketer": Member("李强", "marketing", (Role.CLERK,)),
    "agent": Member("赵敏", "service", (Role.CLERK,)),
    "sales_head": Member("陈刚", "sales", (Role.HEAD,)),
    "marketing_head": Member("刘洋", "marketing", (Role.HEAD,)),
    "service_head": Member("孙丽", "service", (Role.HEAD,)),
    "top_head": Member("何静", "top", (Role.HEAD,)),
    "officer": Member("周正", "compliance", (Role.OFFICER,)),
    "system_admin": Member("吴磊", "it", (Role.SYSTEM_ADMIN,)),
    "security_admin": Member("郑洁", "it", (Role.SECURITY_ADMIN,)),
    "audit_admin": Member("冯涛", "it", (Role.AUDIT_ADMIN,)),
    "supervisor": Member("许宁", "compliance", (Role.SUPERVISOR,)),
    "newcomer": Member("高远", "sales", ()),
    "outsider": Member("林深", "sales", (), left=True),
}


class World:
    """The organisation as it stands in the database of one test."""

    def __init__(self) -> None:
        self.departments: dict[str, Department] = {}
        self.people: dict[str, Staff] = {}

    def staff(self, who: str) -> Staff:
        """The row of `who`, as it is now."""
        return Staff.objects.get(id=self.people[who].id)

    def actor(self, who: str) -> Actor:
        """`who` as the actor of a service."""
        return queries.actor_of(self.staff(who))

    def signed_in(self, client: "Client", who: str, *, proved: bool = True) -> "Client":
        """`client` with a session of `who`, whose second factor was proved just now (or not at all)."""
        client.force_login(self.staff(who))
        if proved:
            note_proof(client)
        return client

    def code(self, who: str) -> str:
        """A code of the authenticator app that `who` can type now; an app is set up when there is none.

        The mandatory roles of the cast count as having a second factor from the beginning (`build`), but most tests
        never see it, so its secret is made here. Earlier codes are forgotten, that tests need not wait.
        """
        staff = self.people[who]
        row = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP).first()
        if row is None:
            have_keys()
            with adapter.of(staff.id):
                kept = {"secret": adapter.SealingAdapter().encrypt(SECRET)}
            row = Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data=kept)
            if self.staff(who).second_factor_at is None:
                Staff.objects.filter(id=staff.id).update(second_factor_at=clock.now())
        row.data[proofs.LAST] = -1
        row.save(update_fields=["data"])
        return code_now()


def code_of(secret: str) -> str:
    """What an authenticator app with this secret shows now."""
    return str(format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // rules.TOTP_PERIOD)))


def code_now(steps: int = 0) -> str:
    """The code that the cast's apps show, now or some steps of thirty seconds later."""
    step = int(clock.now().timestamp()) // rules.TOTP_PERIOD + steps
    return str(format_hotp_value(hotp_value(SECRET, step)))


def note_proof(client: "Client", *, age: timedelta = timedelta(0), by: str = "totp") -> None:
    """As if the person before `client` had passed their second step `age` ago."""
    kept: Any = client.session
    kept[session.PROVED] = {"at": int((clock.now() - age).timestamp()), "by": by}
    kept.save()


def have_keys() -> None:
    """Keys, as an installation's first start makes them."""
    vault.make_root_key()
    vault.set_up(actor=service_actor("setup"), planned=1000)


@contextmanager
def without_keys() -> Iterator[None]:
    """Within: the key service does not answer."""
    away = root_key_path().with_suffix(".away")
    root_key_path().rename(away)
    keyring.drop()
    try:
        yield
    finally:
        away.rename(root_key_path())
        keyring.drop()


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; once a process is enough for a cast that shares its password."""
    return make_password(PASSWORD)


def build() -> World:
    """Put the cast into the database, directly: how it gets there by services is tested in people."""
    world = World()
    top = Department.objects.create(name=ORGANISATION)
    world.departments = {"top": top} | {
        key: Department.objects.create(name=name, parent=top) for key, name in DEPARTMENTS.items()
    }
    password, now = _hashed(), clock.now()
    for key, member in CAST.items():
        staff = Staff.objects.create(
            user_name=key,
            display_name=member.name,
            department=world.departments[member.department],
            roles=[role.value for role in member.roles],
            password=password,
            must_change_password=False,
            is_active=not member.left,
            left_at=now if member.left else None,
            second_factor_at=now if rules.is_mandatory(member.roles) else None,
        )
        world.people[key] = staff
        RoleAssignment.objects.bulk_create(
            RoleAssignment(staff=staff, role=role, origin=RoleAssignment.Origin.SETUP, confirmed_at=now)
            for role in member.roles
        )
    for key in ("sales", "marketing", "service"):
        Department.objects.filter(id=world.departments[key].id).update(head=world.people[f"{key}_head"])
    return world
