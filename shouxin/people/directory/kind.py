"""LDAP as a kind of connection, and its self-test."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from shouxin.core.text import Text
from shouxin.kit import connections as tried
from shouxin.people.connections import queries
from shouxin.people.connections.kinds import KindRoom, rooms
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.directory import views
from shouxin.people.directory.client import Directory, TurnedAway
from shouxin.people.directory.forms import LdapForm
from shouxin.people.federation.forms import shown

rooms.register(
    Kind.LDAP,
    KindRoom(
        form=LdapForm,
        shown=shown(
            ("host", _("主机")),
            ("port", _("端口")),
            ("security", _("加密")),
            ("bind_dn", _("读取用的账号（DN）")),
            ("base", _("人员所在位置（DN）")),
            ("person_filter", _("哪些是人员")),
            ("user_attribute", _("用户名属性")),
            ("name_attribute", _("姓名属性")),
            ("id_attribute", _("不变的编号属性")),
            ("group_base", _("组所在位置（DN）")),
            ("member_attribute", _("组员属性")),
            ("ca", _("自有证书机构")),
        ),
        effect=Text(
            "从目录接收的人用目录的密码登录；组提议角色，离开组即收回，离开目录即停用。",
            "People taken in from the directory sign in with its password; groups propose roles, leaving ends them.",
        ),
        page="directory/groups.html",
        more=views.page_of,
    ),
)


def look() -> Sequence[tried.Outcome]:
    """Tries every directory in force: certificate, and the account we read with."""
    return [
        tried.attempt(
            f"{one.settings['host']}:{one.settings['port']}",
            "LDAPS" if one.settings["security"] == "ldaps" else "LDAP + StartTLS",
            lambda c=one: _greet(c),  # type: ignore[misc]
        )
        for one in queries.in_force(Kind.LDAP)
    ]


def _greet(connection: Connection) -> str:
    try:
        return Directory.of(connection).greet()
    except TurnedAway:
        raise tried.TurnedAway(
            Text("读取用的账号或密码不被接受", "the account we read with is refused")
        ) from None


tried.register(
    tried.Connection(
        name="ldap",
        title=Text("LDAP 目录", "LDAP directory"),
        reduced=Text(
            "用目录密码登录的人不能登录，人员和组不再随目录更新；用本系统密码登录的人不受影响。",
            "People with the directory's password cannot sign in, nobody follows it any more; others still sign in.",
        ),
        look=look,
    )
)
