"""Validation of what people type at the door and about people; nothing here saves."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Role
from shouxin.people import queries, rules
from shouxin.people.models import Department, Staff

_INDENT = "　"


class SignInForm(AuthenticationForm):
    """One answer for every failure, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": _(
            "用户名或密码不正确，或该登录名尚不能使用。连续失败会暂时锁定；忘记密码请联系系统管理员。"
        ),
        "inactive": _(
            "用户名或密码不正确，或该登录名尚不能使用。连续失败会暂时锁定；忘记密码请联系系统管理员。"
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.label_suffix = ""


class PasswordForm(forms.Form):
    """One's own new password, twice, after the old one; `old_problem` says what is wrong with that."""

    old = forms.CharField(
        label=_("原密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 12 个字符；可以是一句话。不要使用姓名、用户名、纯数字或常见密码。"),
    )
    again = forms.CharField(
        label=_("再输一次"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, staff: Staff, old_problem: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.staff, self.old_problem = staff, old_problem

    def clean_old(self) -> str:
        if self.old_problem:
            raise ValidationError(self.old_problem)
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        new = str(self.cleaned_data["new"])
        validate_password(new, self.staff)
        return new

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("两次输入的新密码不一致。"))
        return again


def department_choices(*, but: UUID | None = None) -> list[tuple[str, str]]:
    """The open departments as an indented list; `but` leaves out a department and all below it."""
    hidden = queries.subtree(but) if but else frozenset()
    return [
        (str(department.id), _INDENT * depth + department.name)
        for depth, department in queries.department_tree()
        if department.is_active and department.id not in hidden
    ]


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60)
    parent = forms.TypedChoiceField(label=_("上级部门"), required=False, coerce=UUID, empty_value=None)
    head = forms.TypedChoiceField(
        label=_("负责人"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_("在本部门或上级部门任职、具有“部门负责人”角色的人员。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, department: Department | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        but = department.id if department else None
        self.fields["parent"].choices = [("", _("（最上级）")), *department_choices(but=but)]  # type: ignore[attr-defined]
        if department is None:
            del self.fields["head"], self.fields["is_active"]
            return
        heads = Staff.objects.filter(is_active=True, roles__contains=[Role.HEAD.value])
        names = [(str(head.id), f"{head.display_name}（{head.user_name}）") for head in heads]
        self.fields["head"].choices = [("", _("（未指定）")), *names]  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    display_name = forms.CharField(label=_("姓名"), max_length=100)
    user_name = forms.RegexField(
        label=_("用户名"),
        max_length=64,
        regex=r"^[\w.@+-]+$",
        error_messages={"invalid": _("用户名只能包含文字、数字和 . @ + - _。")},
        help_text=_("登录时使用，不区分大小写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    department = forms.TypedChoiceField(label=pgettext_lazy("label", "部门"), coerce=UUID)
    same_person_as = forms.CharField(
        label=_("同一人的另一登录名"),
        max_length=64,
        required=False,
        help_text=_("同一人需要互斥的角色时，另建登录名并在此填写已有的用户名；审批回避按人判断。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [("", _("请选择")), *department_choices()]  # type: ignore[attr-defined]

    def clean_same_person_as(self) -> UUID | None:
        name = str(self.cleaned_data["same_person_as"]).strip()
        if not name:
            return None
        found = Staff.objects.filter(user_name__iexact=name).values_list("id", flat=True).first()
        if found is None:
            raise ValidationError(_("没有这个用户名。"))
        return found


class MoveForm(forms.Form):
    department = forms.TypedChoiceField(label=_("新部门"), coerce=UUID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = department_choices()  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    role = forms.TypedChoiceField(label=_("角色"), coerce=Role)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        taken = set(staff.assignments.filter(ended_at__isnull=True).values_list("role", flat=True))
        language = get_language() or "zh-hans"
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, name.in_(language))
            for role, name in rules.ROLE_NAMES.items()
            if role.value not in taken
        ]


class SetUpForm(forms.Form):
    """The organisation and its first two people."""

    organisation = forms.CharField(label=_("单位名称"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for which in ("first", "second"):
            self.fields[f"{which}_name"] = forms.CharField(label=_("姓名"), max_length=100)
            self.fields[f"{which}_user"] = forms.RegexField(
                label=_("用户名"),
                max_length=50,
                regex=r"^[\w.@+-]+$",
                error_messages={"invalid": _("用户名只能包含文字、数字和 . @ + - _。")},
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
            self.fields[f"{which}_password"] = forms.CharField(
                label=_("密码"),
                strip=False,
                max_length=128,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
                help_text=_("至少 12 个字符。由本人输入。"),
            )

    @property
    def people(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by person, as the page groups them."""
        return [
            (which, [self[f"{which}_{part}"] for part in ("name", "user", "password")])
            for which in ("first", "second")
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for which in ("first", "second"):
            password = cleaned.get(f"{which}_password")
            if not password:
                continue
            staff = Staff(
                user_name=cleaned.get(f"{which}_user", ""), display_name=cleaned.get(f"{which}_name", "")
            )
            try:
                validate_password(password, staff)
            except ValidationError as error:
                self.add_error(f"{which}_password", error)
        one, other = (str(cleaned.get(f"{which}_user", which)).casefold() for which in ("first", "second"))
        if one == other:
            self.add_error("second_user", _("两人的用户名不能相同。"))
        return cleaned

    def founders(self) -> tuple[rules.Founder, rules.Founder]:
        """What was typed, with the complementary roles of the two people."""
        one, other = (
            rules.Founder(
                self.cleaned_data[f"{which}_user"],
                self.cleaned_data[f"{which}_name"],
                self.cleaned_data[f"{which}_password"],
                *roles,
            )
            for which, roles in (("first", rules.FIRST_FOUNDER), ("second", rules.SECOND_FOUNDER))
        )
        return one, other
