"""The four ways of single sign-on as kinds of connection, and their self-tests."""

import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from shouxin.core.text import Text
from shouxin.kit import connections as tried
from shouxin.people.connections import queries
from shouxin.people.connections.kinds import KindRoom, rooms
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation import forms, rules
from shouxin.people.federation.peers import TIMEOUT, Session, authority_of

EFFECT = Text(
    "人员在单位自己的登录系统验明身份后进入；只认已关联的登录名，不会因此新建登录名。",
    "People prove who they are at the organisation's own sign-in; only linked log-ins come in, none is created by it.",
)
_CA = ("ca", _("自有证书机构"))
_HOST = ("host", _("服务地址"))
rooms.register(
    Kind.OIDC,
    KindRoom(
        form=forms.OidcForm,
        shown=forms.shown(
            ("issuer", _("签发者（issuer）")),
            ("client_id", _("客户端编号（client_id）")),
            ("proofs", _("视为二次认证的 amr 或 acr")),
            _CA,
        ),
        effect=EFFECT,
        page="federation/answers_to.html",
    ),
)
for _kind in (Kind.FEISHU, Kind.DINGTALK):
    rooms.register(
        _kind,
        KindRoom(
            form=forms.AppForm,
            shown=forms.shown(("client_id", _("应用编号（App ID / AppKey）")), _HOST, _CA),
            effect=EFFECT,
            page="federation/answers_to.html",
        ),
    )
rooms.register(
    Kind.WECOM,
    KindRoom(
        form=forms.WeComForm,
        shown=forms.shown(
            ("client_id", _("企业编号（CorpID）")), ("agent", _("应用编号（AgentId）")), _HOST, _CA
        ),
        effect=EFFECT,
        page="federation/answers_to.html",
    ),
)

REDUCED = Text(
    "经它登录的人不能登录，不会改用密码；用密码登录的人不受影响。",
    "People who sign in by it cannot sign in, and no password takes its place; people with a password here still can.",
)
_HOSTS = {
    Kind.FEISHU: "https://open.feishu.cn",
    Kind.DINGTALK: "https://api.dingtalk.com",
    Kind.WECOM: "https://qyapi.weixin.qq.com",
}


def look_at(kind: Kind) -> Callable[[], Sequence[tried.Outcome]]:
    """Tries every connection of this kind that is in force: the certificate always, the description for OIDC."""

    def look() -> list[tried.Outcome]:
        found = []
        for connection in queries.in_force(kind):
            target = connection.settings.get("issuer") or connection.settings.get("host") or _HOSTS[kind]
            found.append(
                tried.attempt(
                    tried.host_and_port(target),
                    "HTTPS",
                    lambda c=connection, address=target: _try(c, address),  # type: ignore[misc]
                )
            )
        return found

    return look


def _try(connection: Connection, address: str) -> str:
    if connection.kind == Kind.OIDC:
        where = f"{address}/.well-known/openid-configuration"
        answer = Session(authority_of(connection.settings)).get(where)
        if not answer.ok:
            raise tried.TurnedAway(Text("没有给出说明文件", "it gives no description"))
        try:
            rules.check_description(answer.json(), address)
        except (rules.Refused, ValueError):
            raise tried.TurnedAway(
                Text("说明文件不属于所配置的签发者", "it describes another issuer than the one configured")
            ) from None
    return _spoken(address, authority_of(connection.settings))


def _spoken(address: str, authority: str) -> str:
    """The protocol agreed on with a checked certificate."""
    parts = urlsplit(address)
    context = ssl.create_default_context(cadata=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    place = (parts.hostname or "", parts.port or 443)
    with (
        socket.create_connection(place, timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
    ):
        return f"HTTPS, {(secured.version() or 'TLS').replace('v', ' ')}"


for _kind, _zh, _en in (
    (Kind.OIDC, "统一登录（OIDC）", "Single sign-on (OIDC)"),
    (Kind.FEISHU, "飞书登录", "Sign-in by Feishu"),
    (Kind.DINGTALK, "钉钉登录", "Sign-in by DingTalk"),
    (Kind.WECOM, "企业微信登录", "Sign-in by WeCom"),
):
    tried.register(
        tried.Connection(
            name=f"sign-in-{_kind.value}", title=Text(_zh, _en), reduced=REDUCED, look=look_at(_kind)
        )
    )
