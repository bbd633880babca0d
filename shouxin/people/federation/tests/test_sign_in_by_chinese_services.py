"""飞书, 钉钉 and 企业微信 as documented, imitated on loopback: the real ones were not at hand."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation.tests.conftest import SECRET, Connect, linked
from tests.harness.certificates import Authority
from tests.peers.https import Asked, Peer
from tests.world import World

pytestmark = pytest.mark.django_db
APP = "cli_a1b2c3"


@pytest.fixture
def connected(connect: Connect, peer: Peer, authority: Authority) -> Any:
    def made(kind: Kind) -> Connection:
        settings = {"client_id": APP, "host": peer.base, "ca": authority.pem, "agent": "1000002"}
        return connect(kind, settings)

    return made


def round_of(
    client: Client, connection: Connection, code: str = "code"
) -> tuple[dict[str, str], HttpResponse]:
    """What the browser is sent away with, and the page it gets when it is back."""
    away: Any = client.post(f"/sign-in/by/{connection.id}/")
    asked = dict(parse_qsl(urlsplit(away.context["where"]).query))
    back = f"/sign-in/by/{connection.id}/back/"
    return asked, client.get(back, {code: "c0de", "state": asked["state"]})  # type: ignore[return-value]


def test_feishu(world: World, client: Client, connected: Any, peer: Peer) -> None:
    connection = connected(Kind.FEISHU)
    linked(world, "clerk", connection, "ou_fang")

    def app_token(asked: Asked) -> Any:
        assert asked.form == {"app_id": APP, "app_secret": SECRET}
        return {"code": 0, "msg": "ok", "app_access_token": "t-app", "expire": 7200}

    def user_token(asked: Asked) -> Any:
        assert asked.json["code"] == "c0de"
        assert asked.json["app_access_token"] == "t-app"
        return {"code": 0, "data": {"access_token": "u-1", "token_type": "Bearer", "expires_in": 6900}}

    def person(asked: Asked) -> Any:
        assert asked.headers["Authorization"] == "Bearer u-1"
        return {"code": 0, "data": {"name": "王芳", "open_id": "ou_fang", "email": "fang@example.com"}}

    peer.answers = {
        "/open-apis/auth/v3/app_access_token/internal/": app_token,
        "/open-apis/authen/v1/access_token": user_token,
        "/open-apis/authen/v1/user_info": person,
    }
    asked, answer = round_of(client, connection)
    assert asked["app_id"] == APP
    assert asked["redirect_uri"].endswith(f"/sign-in/by/{connection.id}/back/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(world.people["clerk"].id)


def test_dingtalk(world: World, client: Client, connected: Any, peer: Peer) -> None:
    connection = connected(Kind.DINGTALK)
    linked(world, "clerk", connection, "ding-open-fang")

    def token(asked: Asked) -> Any:
        assert asked.json == {
            "clientId": APP,
            "clientSecret": SECRET,
            "code": "c0de",
            "grantType": "authorization_code",
        }
        return {"accessToken": "a-1", "refreshToken": "r-1", "expireIn": 7200, "corpId": "ding1"}

    def person(asked: Asked) -> Any:
        assert asked.headers["x-acs-dingtalk-access-token"] == "a-1"
        return {"nick": "王芳", "openId": "ding-open-fang", "unionId": "u"}

    peer.answers = {"/v1.0/oauth2/userAccessToken": token, "/v1.0/contact/users/me": person}
    # the answer comes with `authCode`, as 钉钉 sends it
    asked, answer = round_of(client, connection, "authCode")
    assert asked["client_id"] == APP
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(world.people["clerk"].id)


@pytest.mark.parametrize("inside", [True, False])
def test_wecom(world: World, client: Client, connected: Any, peer: Peer, inside: bool) -> None:  # noqa: FBT001
    connection = connected(Kind.WECOM)
    linked(world, "clerk", connection, "WangFang")

    def token(asked: Asked) -> Any:
        assert asked.query == {"corpid": APP, "corpsecret": SECRET}
        return {"errcode": 0, "errmsg": "ok", "access_token": "q-1", "expires_in": 7200}

    def person(asked: Asked) -> Any:
        assert asked.query == {"access_token": "q-1", "code": "c0de"}
        outsider = {"openid": "oAAA", "external_userid": "wm1"}
        return {"errcode": 0, "errmsg": "ok", **({"userid": "WangFang"} if inside else outsider)}

    peer.answers = {"/cgi-bin/gettoken": token, "/cgi-bin/auth/getuserinfo": person}
    asked, answer = round_of(client, connection)
    assert (asked["appid"], asked["agentid"], asked["login_type"]) == (APP, "1000002", "CorpApp")
    assert answer.status_code == (302 if inside else 403)
    assert ("_auth_user_id" in client.session) is inside


@pytest.mark.parametrize("kind", [Kind.FEISHU, Kind.DINGTALK, Kind.WECOM])
@pytest.mark.parametrize("wrong", [{}, {"code": 99, "errcode": 40029}, [], "text", 7])
def test_an_answer_of_another_shape_lets_nobody_in(
    client: Client, connected: Any, peer: Peer, kind: Kind, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    connection = connected(kind)
    for path in (
        "/open-apis/auth/v3/app_access_token/internal/",
        "/v1.0/oauth2/userAccessToken",
        "/cgi-bin/gettoken",
    ):
        peer.answers[path] = lambda _: wrong
    _asked, answer = round_of(client, connection, "authCode" if kind == Kind.DINGTALK else "code")
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session
    assert SECRET not in caplog.text
