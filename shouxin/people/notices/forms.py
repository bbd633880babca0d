"""Validation of what people choose about their notices; nothing here saves."""

from collections.abc import Iterable
from datetime import time
from ipaddress import ip_network
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.people.notices.choosing import Ways, Wish
from shouxin.people.notices.models import LONGEST_ADDRESS, RobotHost
from shouxin.people.notices.services import Wanted

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class WishForm(forms.Form):
    """When somebody is told, and in which language."""

    digest_hour = forms.TypedChoiceField(
        label=_("每日摘要"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("每个工作日到点发一封邮件，列出待办和即将到期的数量；没有事项就不发。"),
    )
    quiet_from = forms.TypedChoiceField(
        label=_("免打扰从"), choices=[("", _("不设")), *HOURS], coerce=int, required=False, empty_value=None
    )
    quiet_until = forms.TypedChoiceField(
        label=_("免打扰到"),
        choices=[("", _("不设")), *HOURS],
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("期间的邮件和群机器人通知推迟到结束时发送；安全与应急类不推迟。"),
    )
    language = forms.ChoiceField(label=_("邮件语言"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, wish: Wish, chosen: bool, **kwargs: Any) -> None:
        quiet = wish.quiet or (None, None)
        kwargs["initial"] = {
            "digest_hour": "" if wish.digest_hour is None else wish.digest_hour,
            "quiet_from": "" if quiet[0] is None else quiet[0].hour,
            "quiet_until": "" if quiet[1] is None else quiet[1].hour,
            "language": wish.language if chosen else (get_language() or wish.language),
        }
        super().__init__(*args, **kwargs)
        hours: Any = self.fields["digest_hour"]
        hours.choices = [("", _("不发")), *HOURS]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends or none."""
        found = super().clean() or {}
        if (found.get("quiet_from") is None) != (found.get("quiet_until") is None):
            self.add_error("quiet_until", _("请同时填写开始和结束，或都不设。"))
        return found

    def wanted(self, ticked: Any, offered: Iterable[str]) -> Wanted:
        """What was chosen, with the boxes of the table below; of kinds that were not offered nothing changes."""
        given = self.cleaned_data
        quiet = None
        if given["quiet_from"] is not None:
            quiet = (time(given["quiet_from"]), time(given["quiet_until"]))
        ways = {
            key: Ways(f"shown-{key}" in ticked, f"mail-{key}" in ticked, f"robot-{key}" in ticked)
            for key in offered
        }
        return Wanted(given["language"], quiet, given["digest_hour"], ways)


class MailForm(forms.Form):
    address = forms.EmailField(label=_("接收通知的邮箱"), max_length=254)


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("验证码"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"invalid": _("请填写邮件里的六位数字。")},
    )


class RobotForm(forms.Form):
    url = forms.CharField(
        label=_("群机器人地址"),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("在群里添加机器人后复制它的 Webhook 地址。地址加密保存，不再完整显示。"),
    )


class HostForm(forms.Form):
    host = forms.CharField(
        label=_("主机名"),
        max_length=253,
        help_text=_("例如 qyapi.weixin.qq.com、oapi.dingtalk.com、open.feishu.cn。"),
    )
    style = forms.ChoiceField(label=_("消息格式"), choices=RobotHost.Style.choices)
    networks = forms.CharField(
        label=_("内网网段"),
        required=False,
        help_text=_("主机在单位内网时填写其网段，例如 10.2.0.0/16；多个用逗号分隔。"),
    )

    def clean_networks(self) -> list[str]:
        """Ranges of addresses in their canonical form."""
        found = []
        for part in self.cleaned_data["networks"].replace("，", ",").split(","):
            if not part.strip():
                continue
            try:
                found.append(str(ip_network(part.strip())))
            except ValueError:
                raise forms.ValidationError(
                    _("“%(part)s”不是网段。"), params={"part": part.strip()}
                ) from None
        return found
