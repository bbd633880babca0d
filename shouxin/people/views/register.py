"""Screens of staff and departments; every verb is a POST that calls one service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission, Role
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort, uuid_or_none
from shouxin.people import presenting, queries, rules, scope, services
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.forms import DepartmentForm, GrantForm, MoveForm, StaffForm, department_choices
from shouxin.people.leaving import closing
from shouxin.people.leaving.ties import Cause
from shouxin.people.lists import reading
from shouxin.people.models import Department, RoleAssignment, Staff
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.services import PeopleError
from shouxin.people.views.door import words

KEY = "staff"
lists.register(
    Listed(
        KEY,
        "people:staff",
        ("words", "department", "role", "state"),
        (
            Sort("name", gettext_lazy("按姓名"), "display_name", descending=False),
            Sort("name-back", gettext_lazy("按姓名，倒序"), "display_name"),
            Sort("user", gettext_lazy("按用户名"), "user_name", descending=False),
            *lists.by_age(),
        ),
        (
            Column("user", gettext_lazy("用户名")),
            Column("department", pgettext_lazy("label", "部门")),
            Column("roles", gettext_lazy("角色")),
        ),
        typed=frozenset({"words"}),
    )
)
STATES = (
    ("", gettext_lazy("全部")),
    ("active", gettext_lazy("可登录")),
    ("idle", gettext_lazy("无部门或角色")),
    ("waiting", gettext_lazy("角色待确认")),
    ("remarks", gettext_lazy("有兼任备注")),
    ("handover", gettext_lazy("已离岗，职责待移交")),
    ("ended", gettext_lazy("已停用")),
)


def _role_or_none(value: str) -> Role | None:
    return Role(value) if value in set(Role) else None


def _member(request: StaffRequest, staff_id: UUID) -> Staff:
    """One member of staff, if this actor may see them; unknown and hidden look alike."""
    try:
        return queries.staff_member(actor=request.actor, staff_id=staff_id)
    except Staff.DoesNotExist as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_STAFF_READ)
def staff_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    asked, every = reading.read(request, KEY), ("", _("全部"))
    found = queries.staff_list(
        actor=request.actor,
        words=asked.query.get("words", ""),
        department=uuid_or_none(asked.query.get("department", "")),
        role=_role_or_none(asked.query.get("role", "")),
        state=asked.query.get("state", ""),
    )
    page, language = lists.window(found, asked.sort, asked.place), get_language() or "zh-hans"
    roles = [(role.value, name.in_(language)) for role, name in rules.ROLE_NAMES.items()]
    form = (
        Field("words", _("姓名或用户名")),
        Field("department", pgettext("label", "部门"), [every, *department_choices()]),
        Field("role", _("角色"), [every, *roles]),
        Field("state", _("状态"), STATES),
    )
    context = {
        **asked.context(page, found, form),
        "rows": page.rows,
        "may_write": request.actor.may(Permission.PEOPLE_STAFF_WRITE),
    }
    return render(request, "people/staff_list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_STAFF_WRITE)
def staff_new(request: StaffRequest) -> HttpResponse:
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = services.first_password()
        try:
            staff = services.create_staff(actor=request.actor, password=password, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, words(error))
        else:
            page = {"staff": staff, "password": password, "created": True}
            return render(request, "people/first_password.html", page)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/staff_new.html", {"form": form}, status=status)


@require_GET
@allowed(Permission.PEOPLE_STAFF_READ)
def staff_detail(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = _member(request, staff_id)
    return render(request, "people/staff_detail.html", presenting.detail_context(request.actor, staff))


def _did(request: StaffRequest, verb: Callable[[], Any], said: str) -> bool:
    """Do `verb` and say so, or say why not."""
    try:
        verb()
    except PeopleError as error:
        messages.error(request, words(error))
        return False
    messages.success(request, said)
    return True


@require_POST
@allowed(Permission.PEOPLE_STAFF_WRITE)
def staff_move(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    _member(request, staff_id)
    form = MoveForm(request.POST)
    if form.is_valid():
        target = form.cleaned_data["department"]
        _did(
            request,
            lambda: services.move_staff(actor=request.actor, staff_id=staff_id, department=target),
            _("部门已调整；原有角色已收回，须在新部门重新授予并确认。"),
        )
    else:
        messages.error(request, _("请选择部门。"))
    return redirect("people:staff_detail", staff_id)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def staff_end(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = _member(request, staff_id)
    if request.method == "POST":
        if request.POST.get("typed", "").strip() != staff.user_name:
            messages.error(request, _("输入的用户名不一致，未停用。"))
        else:
            said = _("已停用。")
            _did(request, lambda: services.end_staff(actor=request.actor, staff_id=staff_id), said)
        return redirect("people:staff_detail", staff_id)
    context = {"staff": staff, "ends": presenting.foreseen(staff, Cause.LEFT)}
    return render(request, "people/staff_end.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def staff_rejoin(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Who left is back: a department, and a first password where they sign in with one."""
    staff = _member(request, staff_id)
    if staff.is_active:
        raise Http404
    form = MoveForm(request.POST or None, initial={"department": staff.department_id}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        password = services.first_password() if staff.only_through_id is None else None
        try:
            closing.rejoin(
                actor=request.actor,
                staff_id=staff_id,
                department=form.cleaned_data["department"],
                password=password,
                now=clock.now(),
            )
        except PeopleError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, _("已重新入职；角色须授予并确认后才能登录。"))
            if password is None:
                return redirect("people:staff_detail", staff_id)
            return render(request, "people/first_password.html", {"staff": staff, "password": password})
    context = {"staff": staff, "form": form}
    return render(request, "people/staff_rejoin.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def staff_reset(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    staff = _member(request, staff_id)
    if request.method == "POST":
        try:
            password = services.reset_password(actor=request.actor, staff_id=staff_id)
        except PeopleError as error:
            messages.error(request, words(error))
            return redirect("people:staff_detail", staff_id)
        return render(request, "people/first_password.html", {"staff": staff, "password": password})
    return render(request, "people/staff_reset.html", {"staff": staff})


@require_POST
@allowed(Permission.PEOPLE_ROLE_GRANT)
@fresh_second_factor()
def role_grant(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    form = GrantForm(request.POST, staff=_member(request, staff_id))
    if form.is_valid():
        role = form.cleaned_data["role"]
        said = _("已授予，待部门负责人确认后生效。")
        _did(request, lambda: services.grant_role(actor=request.actor, staff_id=staff_id, role=role), said)
    else:
        messages.error(request, _("请选择尚未授予的角色。"))
    return redirect("people:staff_detail", staff_id)


def _assignment(request: StaffRequest, assignment_id: UUID) -> RoleAssignment:
    found = RoleAssignment.objects.filter(id=assignment_id).first()
    if found is None:
        raise Http404
    _member(request, found.staff_id)
    return found


@require_POST
@allowed(Permission.PEOPLE_ROLE_CONFIRM)
@fresh_second_factor()
def role_confirm(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    found = _assignment(request, assignment_id)
    said = _("角色已确认，立即生效。")
    _did(request, lambda: services.confirm_role(actor=request.actor, assignment_id=assignment_id), said)
    return redirect("people:staff_detail", found.staff_id)


@require_POST
@allowed(Permission.PEOPLE_ROLE_GRANT)
def role_end(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    found = _assignment(request, assignment_id)
    said = _("角色已收回，立即生效。")
    _did(request, lambda: services.end_role(actor=request.actor, assignment_id=assignment_id), said)
    return redirect("people:staff_detail", found.staff_id)


@require_GET
@allowed(Permission.PEOPLE_STAFF_READ)
def departments(request: StaffRequest) -> HttpResponse:
    kept = scope.responsible()
    tree = [
        (range(depth), department, kept.get(department.id)) for depth, department in queries.department_tree()
    ]
    context = {
        "tree": tree,
        "holding": scope.holding([department.id for _, department, _ in tree]),
        "may_read_duties": request.actor.may(Permission.PEOPLE_DUTY_READ),
        "without_responsible": scope.without_responsible(),
        "may_write": request.actor.may(Permission.PEOPLE_DEPARTMENT_WRITE),
    }
    return render(request, "people/departments.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_DEPARTMENT_WRITE)
def department_new(request: StaffRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            services.create_department(actor=request.actor, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, _("部门已建立。"))
            return redirect("people:departments")
    status = 422 if request.method == "POST" else 200
    return render(request, "people/department_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@allowed(Permission.PEOPLE_DEPARTMENT_WRITE)
def department_change(request: StaffRequest, department_id: UUID) -> HttpResponse:
    department = Department.objects.filter(id=department_id).first()
    if department is None:
        raise Http404
    initial = {
        "name": department.name,
        "parent": department.parent_id,
        "head": department.head_id,
        "is_active": department.is_active,
    }
    form = DepartmentForm(request.POST or None, department=department, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_department(actor=request.actor, department_id=department_id, **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, words(error))
        else:
            messages.success(request, _("部门已修改。"))
            return redirect("people:departments")
    status = 422 if request.method == "POST" else 200
    return render(
        request, "people/department_form.html", {"form": form, "department": department}, status=status
    )
