"""Settings of sign-in connections; nothing here saves."""

import re
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shouxin.people.connections.kinds import SecretForm

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def authority_field() -> forms.CharField:
    return forms.CharField(
        label=_("自有证书机构"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("对方证书由单位自己的机构签发时，粘贴该机构的证书（PEM）；留空只信任公共机构。"),
    )


def check_authority(text: str) -> str:
    """Certificates that can be read, without what stands between them, or nothing."""
    if not text.strip():
        return ""
    given = _CERTIFICATE.findall(text)
    try:
        for one in given:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=one)
    except (ssl.SSLError, TypeError, ValueError):  # a TypeError where it is not ASCII
        given = []
    if not given:
        raise ValidationError(_("这不是可读的 PEM 证书。"))
    return "\n".join(given)


def check_https(text: str) -> str:
    """An HTTPS address without user and query, or nothing."""
    given = text.strip().rstrip("/")
    parts = urlsplit(given)
    if given and (parts.scheme != "https" or not parts.hostname or parts.username or parts.query):
        raise ValidationError(_("须是 https:// 开头的地址。"))
    return given


class OidcForm(SecretForm):
    issuer = forms.CharField(
        label=_("签发者（issuer）"), max_length=300, help_text=_("如 https://sso.example.com/realms/main。")
    )
    client_id = forms.CharField(label=_("客户端编号（client_id）"), max_length=191)
    proofs = forms.CharField(
        label=_("视为二次认证的 amr 或 acr"),
        required=False,
        max_length=200,
        help_text=_(
            "对方声明了其中任何一个，就不再要求本系统的二次认证；留空则总是要求。用空格分开，如 mfa hwk。"
        ),
    )
    ca = authority_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = dict(kwargs.get("initial") or {})
        if isinstance(initial.get("proofs"), list):
            initial["proofs"] = " ".join(initial["proofs"])
        super().__init__(*args, **{**kwargs, "initial": initial})

    def clean_issuer(self) -> str:
        return check_https(str(self.cleaned_data["issuer"]))

    def clean_ca(self) -> str:
        return check_authority(str(self.cleaned_data["ca"]))

    def clean_proofs(self) -> list[str]:
        return sorted(set(str(self.cleaned_data["proofs"]).split()))


class AppForm(SecretForm):
    """飞书 and 钉钉: an application of the organisation."""

    client_id = forms.CharField(label=_("应用编号（App ID / AppKey）"), max_length=191)
    host = forms.CharField(
        label=_("服务地址"),
        required=False,
        max_length=300,
        help_text=_("使用私有化部署时填写，如 https://open.example.com；留空用公共服务。"),
    )
    ca = authority_field()

    def clean_host(self) -> str:
        return check_https(str(self.cleaned_data["host"]))

    def clean_ca(self) -> str:
        return check_authority(str(self.cleaned_data["ca"]))


class WeComForm(AppForm):
    client_id = forms.CharField(label=_("企业编号（CorpID）"), max_length=191)
    agent = forms.CharField(label=_("应用编号（AgentId）"), max_length=32)


def shown(*rows: tuple[str, Any]) -> Callable[[Mapping[str, Any]], list[tuple[str, str]]]:
    """Reads these settings out."""

    def read(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
        found = []
        for key, label in rows:
            value = settings.get(key)
            text = " ".join(value) if isinstance(value, list) else str(value or "")
            found.append((str(label), str(_("有")) if key == "ca" and text else text))
        return found

    return read
