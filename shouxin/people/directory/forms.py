"""Settings of an LDAP connection; nothing here saves."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shouxin.people.connections.kinds import SecretForm
from shouxin.people.directory.library import LDAPException, parse_dn, parse_filter
from shouxin.people.federation.forms import authority_field, check_authority

_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")


def _dn(text: str) -> str:
    given = text.strip()
    try:
        if given:
            parse_dn(given)
    except LDAPException:
        raise ValidationError(_("这不是可识别的名称（DN），如 ou=people,dc=example,dc=com。")) from None
    return given


def _attribute(text: str) -> str:
    given = text.strip()
    if not _ATTRIBUTE.fullmatch(given):
        raise ValidationError(_("属性名只能包含字母、数字和连字符。"))
    return given


class LdapForm(SecretForm):
    host = forms.RegexField(
        label=_("主机"), max_length=200, regex=r"^[A-Za-z0-9.-]+$", help_text=_("与证书上的名称一致。")
    )
    port = forms.IntegerField(label=_("端口"), min_value=1, max_value=65535, initial=636)
    security = forms.ChoiceField(
        label=_("加密"),
        choices=[("ldaps", "LDAPS"), ("starttls", "StartTLS")],
        help_text=_("不支持未加密的连接。"),
    )
    bind_dn = forms.CharField(label=_("读取用的账号（DN）"), max_length=300)
    base = forms.CharField(label=_("人员所在位置（DN）"), max_length=300)
    person_filter = forms.CharField(
        label=_("哪些是人员"), max_length=300, initial="(objectClass=inetOrgPerson)"
    )
    user_attribute = forms.CharField(label=_("用户名属性"), max_length=60, initial="uid")
    name_attribute = forms.CharField(label=_("姓名属性"), max_length=60, initial="cn")
    id_attribute = forms.CharField(
        label=_("不变的编号属性"),
        max_length=60,
        initial="entryUUID",
        help_text=_("Active Directory 用 objectGUID。"),
    )
    group_base = forms.CharField(
        label=_("组所在位置（DN）"), max_length=300, required=False, help_text=_("留空则不读取组。")
    )
    member_attribute = forms.CharField(label=_("组员属性"), max_length=60, initial="member")
    ca = authority_field()

    def clean_bind_dn(self) -> str:
        return _dn(str(self.cleaned_data["bind_dn"]))

    def clean_base(self) -> str:
        return _dn(str(self.cleaned_data["base"]))

    def clean_group_base(self) -> str:
        return _dn(str(self.cleaned_data["group_base"]))

    def clean_person_filter(self) -> str:
        given = str(self.cleaned_data["person_filter"]).strip()
        try:
            parse_filter(given, None, False, None, None, None)
        except LDAPException:
            raise ValidationError(_("这不是可识别的条件，如 (objectClass=person)。")) from None
        return given

    def clean_user_attribute(self) -> str:
        return _attribute(str(self.cleaned_data["user_attribute"]))

    def clean_name_attribute(self) -> str:
        return _attribute(str(self.cleaned_data["name_attribute"]))

    def clean_id_attribute(self) -> str:
        return _attribute(str(self.cleaned_data["id_attribute"]))

    def clean_member_attribute(self) -> str:
        return _attribute(str(self.cleaned_data["member_attribute"]))

    def clean_ca(self) -> str:
        return check_authority(str(self.cleaned_data["ca"]))
