"""The providers: OIDC, 飞书 and 钉钉 are allauth's, 企业微信 is a small one of ours. Each answers with a subject.

Of allauth only the protocol is used: addresses, tokens, parsing. Who is let in is decided by `federation.views`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.federation import rules
from shouxin.people.federation.rules import Answer, Refused


@dataclass(frozen=True, slots=True)
class Round:
    """One way there and back: where the answer comes to, and what only its asker knows."""

    callback: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class _Plain:
    """A provider that gives its subject and nothing else: no account is made, no e-mail address looked at."""

    extract_uid: Callable[[Any], str]

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Answer:
        """In place of allauth's: what of an answer counts here."""
        del request
        return Answer(str(self.extract_uid(response)))


class _Here:
    """An adapter of one connection: its application, and our one address for answers."""

    request: HttpRequest
    plain: type[OAuth2Provider]

    def at(self, app: SocialApp, way: Round) -> Any:
        self.app, self.way = app, way
        return self

    def get_provider(self) -> OAuth2Provider:
        return self.plain(self.request, app=self.app)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        del request, app
        return self.way.callback


class _OidcProvider(_Plain, OpenIDConnectProvider):  # type: ignore[misc]
    pass


class OidcAdapter(_Here, OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """OpenID Connect, code flow with PKCE; nothing but a checked ID token counts."""

    plain = _OidcProvider

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, "openid_connect")

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, if it is the issuer that was configured."""
        if not hasattr(self, "_openid_config"):
            found = _json(get_adapter().get_requests_session().get(self.get_provider().server_url))
            rules.check_description(found, self.app.settings["server_url"])
            self._openid_config = found
        return self._openid_config

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> Answer:
        """The subject of the ID token.

        Raises:
            Refused: no ID token, or not for us, not now, not signed, not in answer to our question.
        """
        del request, token
        id_token = kwargs["response"].get("id_token")
        if not isinstance(id_token, str):
            raise Refused("id_token.missing")
        keys = _json(get_adapter().get_requests_session().get(self.openid_config["jwks_uri"]))
        return rules.checked(
            id_token,
            keys=keys,
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            nonce=self.way.nonce,
        )


class _FeishuProvider(_Plain, FeishuProvider):  # type: ignore[misc]
    pass


class FeishuAdapter(_Here, FeishuOAuth2Adapter):  # type: ignore[misc]
    """飞书; its host may be that of a private installation."""

    plain = _FeishuProvider

    def at(self, app: SocialApp, way: Round) -> Any:
        super().at(app, way)
        for name in ("authorization_url", "access_token_url", "app_access_token_url", "user_info_url"):
            setattr(self, name, _moved(getattr(self, name), app))
        return self

    def get_client(self, request: HttpRequest, app: SocialApp) -> FeishuOAuth2Client:
        client = FeishuOAuth2Client(
            request,
            app.client_id,
            app.secret,
            self.access_token_method,
            self.access_token_url,
            self.way.callback,
        )
        client.app_access_token_url = self.app_access_token_url
        return client


class _DingTalkProvider(_Plain, DingTalkProvider):  # type: ignore[misc]
    def get_default_scope(self) -> list[str]:
        return ["openid"]


class DingTalkAdapter(_Here, DingTalkOAuth2Adapter):  # type: ignore[misc]
    """钉钉; its host may be that of a dedicated installation."""

    plain = _DingTalkProvider

    def at(self, app: SocialApp, way: Round) -> Any:
        super().at(app, way)
        for name in ("authorize_url", "access_token_url", "profile_url"):
            setattr(self, name, _moved(getattr(self, name), app))
        return self


class _WeComClient(OAuth2Client):  # type: ignore[misc]
    """企业微信: a token of the application first, then whose code it is."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Mapping[str, str]) -> str:
        del scope
        asked = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "agentid": extra_params["agentid"],
            "redirect_uri": self.callback_url,
            "state": self.state,
        }
        return f"{authorization_url}?{urlencode(asked)}"

    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None
    ) -> Any:
        del pkce_code_verifier, extra_data
        asked = {"corpid": self.consumer_key, "corpsecret": self.consumer_secret}
        answer = _json(get_adapter().get_requests_session().get(self.access_token_url, params=asked))
        if answer.get("errcode") != 0 or not answer.get("access_token"):
            raise OAuth2Error("no access token")
        return {"access_token": answer["access_token"], "code": code}


class _WeComProvider(_Plain, OAuth2Provider):  # type: ignore[misc]
    id = "wecom"
    name = "WeCom"

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        # Only members of the organisation have a userid; outsiders come with an openid and stay outside.
        return str(data["userid"])

    def get_default_scope(self) -> list[str]:
        return []


class WeComAdapter(_Here, OAuth2Adapter):  # type: ignore[misc]
    """企业微信, after its documentation of 企业微信登录 for web pages."""

    provider_id = "wecom"
    plain = _WeComProvider
    client_class = _WeComClient
    authorize_url = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    access_token_url = "https://qyapi.weixin.qq.com/cgi-bin/gettoken"  # noqa: S105 - an address
    profile_url = "https://qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo"

    def at(self, app: SocialApp, way: Round) -> Any:
        super().at(app, way)
        for name in ("authorize_url", "access_token_url", "profile_url"):
            setattr(self, name, _moved(getattr(self, name), app))
        return self

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> Answer:
        """Whose code it was."""
        del app
        asked = {"access_token": token.token, "code": kwargs["response"]["code"]}
        answer = _json(get_adapter().get_requests_session().get(self.profile_url, params=asked))
        if answer.get("errcode") != 0 or not answer.get("userid"):
            raise Refused("not-a-member")
        found: Answer = self.get_provider().sociallogin_from_response(request, answer)
        return found


ADAPTERS: Mapping[str, Any] = {
    Kind.OIDC: OidcAdapter,
    Kind.FEISHU: FeishuAdapter,
    Kind.DINGTALK: DingTalkAdapter,
    Kind.WECOM: WeComAdapter,
}


def app_of(connection: Connection) -> SocialApp:
    """The connection as allauth knows applications; never stored.

    Raises:
        kit.sealing.Unavailable: there are no keys to open its secret with.
    """
    settings = connection.settings
    return SocialApp(
        provider=str(ADAPTERS[connection.kind].plain.id),
        provider_id=str(connection.id),
        name=connection.name,
        client_id=settings["client_id"],
        secret=connections.secret_of(connection),
        settings={**settings, "server_url": settings.get("issuer", "")},
    )


def where_to(request: HttpRequest, connection: Connection, way: Round) -> str:
    """Where the browser goes to sign in."""
    app = app_of(connection)
    adapter = ADAPTERS[connection.kind](request).at(app, way)
    client = adapter.get_client(request, app)
    client.state = way.state
    asked: dict[str, str] = {}
    if connection.kind == Kind.OIDC:
        challenge = rules.challenge(way.verifier)
        asked = {"nonce": way.nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
    elif connection.kind == Kind.WECOM:
        asked = {"agentid": str(connection.settings["agent"])}
    elif connection.kind == Kind.DINGTALK:
        asked = {"prompt": "consent"}
    scope = ["openid"] if connection.kind == Kind.OIDC else adapter.get_provider().get_default_scope()
    return str(client.get_redirect_url(adapter.authorize_url, scope, asked))


def who_is_it(request: HttpRequest, connection: Connection, way: Round) -> Answer:
    """Whose answer came back.

    Raises:
        Refused: the other side turned us away, or its answer does not hold.
        peers.Unreachable: it does not answer.
    """
    app = app_of(connection)
    adapter = ADAPTERS[connection.kind](request).at(app, way)
    verifier = way.verifier if connection.kind == Kind.OIDC else None
    try:
        client = adapter.get_client(request, app)
        given = adapter.get_access_token_data(request, app, client, pkce_code_verifier=verifier)
        answer = adapter.complete_login(request, app, adapter.parse_token(given), response=given)
    except (OAuth2Error, jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        # allauth puts the other side's whole answer into its errors; it goes no further than here.
        raise Refused("answer") from error
    if not isinstance(answer, Answer) or not answer.subject:
        raise Refused("answer")
    return answer


def _json(response: Any) -> dict[str, Any]:
    """The object in an answer.

    Raises:
        Refused: turned away, or no object.
    """
    try:
        found = json.loads(response.content) if response.ok else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("answer")
    return found


def _moved(address: str, app: SocialApp) -> str:
    """An address of the public service, at the host of a private installation where one is configured."""
    host = str(app.settings.get("host") or "")
    return f"{host.rstrip('/')}{urlsplit(address).path}" if host else address
