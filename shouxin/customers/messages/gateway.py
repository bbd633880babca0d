"""The gateway of text messages as a kind of connection: drafted by one administrator, confirmed by another."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shouxin.core.text import Text
from shouxin.kit import connections as tried
from shouxin.kit import outward
from shouxin.people.connections import queries
from shouxin.people.connections.kinds import KindRoom, SecretForm, rooms
from shouxin.people.connections.models import Kind

_NAME = forms.RegexField
NAMES = r"^[A-Za-z_][A-Za-z0-9_]{0,39}$"


class GatewayForm(SecretForm):
    """Where messages are posted, and how the gateway calls the parts of one."""

    url = forms.CharField(label=_("网关地址"), max_length=300, help_text=_("HTTPS 地址，以 JSON 接收短信。"))
    to = _NAME(NAMES, label=_("号码的字段名"), initial="to")
    text = _NAME(NAMES, label=_("内容的字段名"), initial="text")
    reference = _NAME(NAMES, label=_("本系统编号的字段名"), initial="reference")
    answer = _NAME(NAMES, label=_("答复中编号的字段名"), initial="id")
    networks = forms.CharField(
        label=_("内网地址段"),
        required=False,
        max_length=200,
        help_text=_("网关在单位内网时填写它的地址段，用空格分开；公网网关留空。"),
    )

    def clean_networks(self) -> list[str]:
        """Ranges in their canonical form."""
        try:
            return [str(ipaddress.ip_network(one)) for one in self.cleaned_data["networks"].split()]
        except ValueError:
            raise ValidationError(_("地址段应写作 10.0.0.0/24 这样的形式。")) from None

    def clean(self) -> dict[str, Any]:
        """The address must be one that may be spoken to."""
        cleaned = super().clean() or {}
        url = cleaned.get("url", "")
        if url and outward.url_problem(url, cleaned.get("networks", [])):
            self.add_error("url", _("须是 https:// 开头、可以访问的地址；内网地址要先填写地址段。"))
        return cleaned


def shown(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    labels = (
        ("url", _("网关地址")),
        ("to", _("号码的字段名")),
        ("text", _("内容的字段名")),
        ("reference", _("本系统编号的字段名")),
        ("answer", _("答复中编号的字段名")),
    )
    said = [(str(label), str(settings.get(key, ""))) for key, label in labels]
    if settings.get("networks"):
        said.append((str(_("内网地址段")), " ".join(settings["networks"])))
    return said


def look() -> Sequence[tried.Outcome]:
    """Connect to each gateway in force and say nothing."""
    return [
        tried.attempt(
            tried.host_and_port(one.settings["url"]),
            "HTTPS",
            lambda c=one: _reach(c.settings),  # type: ignore[misc]
        )
        for one in queries.in_force(Kind.SMS)
    ]


def _reach(settings: Mapping[str, Any]) -> str:
    there = httpx.URL(settings["url"])
    with httpx.Client(verify=outward.trust(), trust_env=False, timeout=outward.CONNECT_SECONDS) as http:
        http.options(there)
    return there.scheme.upper()


rooms.register(
    Kind.SMS,
    KindRoom(
        form=GatewayForm,
        shown=shown,
        effect=Text(
            "经批准的短信由它发出：号码和内容交给网关，每一条都先核对同意、拒收和时段。",
            "Approved text messages go out by it: number and text reach the gateway, each after asking about consent, "
            "refusals and the hour.",
        ),
    ),
)
tried.register(
    tried.Connection(
        name="sms-gateway",
        title=Text("短信网关", "SMS gateway"),
        reduced=Text(
            "没有短信网关时不能发送短信；邮件和电话清单照常。",
            "Without a gateway no text messages are sent; e-mail and call lists work.",
        ),
        look=look,
    )
)
