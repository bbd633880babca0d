"""Screens of the register of recipients: the list, one company with the purposes that name it, and its verbs."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import lists
from shouxin.kit.detail import Standing
from shouxin.kit.detail import Verb as Doable
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.story import story
from shouxin.rulebook.catalogue.forms import ReasonForm
from shouxin.rulebook.recipients import queries, rules, services
from shouxin.rulebook.recipients.forms import RecipientForm
from shouxin.rulebook.recipients.models import Recipient
from shouxin.rulebook.showing import done, form_page, names_behind

P = Permission
KEY = "recipients"
lists.register(
    Listed(
        KEY,
        "rulebook:recipients",
        ("state",),
        (
            Sort("name", gettext_lazy("按名称"), "name_zh", descending=False),
            Sort("age", gettext_lazy("最近登记的在前"), "entered_at"),
        ),
        (
            Column("part", gettext_lazy("身份")),
            Column("kinds", gettext_lazy("信息种类")),
            Column("contact", gettext_lazy("联系方式")),
        ),
    )
)


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_PURPOSE_READ)
def recipient_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, KEY)
    asked = reading.read(request, KEY)
    found = queries.recipients(request.actor, state=asked.query.get("state", ""))
    page = lists.window(found, asked.sort, asked.place)
    states = [("", _("全部")), ("standing", _("可用")), ("retired", _("已停用"))]
    context = {
        **asked.context(page, found, (lists.Field("state", _("状态"), states),)),
        "rows": page.rows,
        "may_write": request.actor.may(P.RULEBOOK_RECIPIENT_WRITE),
    }
    return render(request, "recipients/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_RECIPIENT_WRITE)
def recipient_new(request: StaffRequest) -> HttpResponse:
    form = RecipientForm(request.POST or None)
    made: list[Recipient] = []

    def enter() -> None:
        made.append(services.enter_recipient(request.actor, **form.cleaned_data))

    if request.method == "POST" and form.is_valid() and done(request, form, enter, _("接收方已登记。")):
        return redirect("rulebook:recipient", made[0].id)
    return render(request, "recipients/form.html", {"form": form}, status=422 if form.errors else 200)


def _recipient(request: StaffRequest, recipient: UUID, *, standing: bool = False) -> Recipient:
    found = queries.recipients(request.actor).filter(id=recipient).first()
    if found is None or (standing and found.retired_at is not None):
        raise Http404
    return found


@require_GET
@allowed(P.RULEBOOK_PURPOSE_READ)
def recipient_detail(request: StaffRequest, recipient: UUID) -> HttpResponse:
    row = _recipient(request, recipient)
    users = services.named_by(row.id)
    over = row.retired_at is not None
    names = names_behind(by for by in (row.entered_by, row.retired_by) if by)
    context = {
        "recipient": row,
        "users": users,
        "entered": names.get(row.entered_by, "—"),
        "retired": names.get(row.retired_by, "—") if row.retired_by else "",
        "standing": Standing("muted", _("已停用"))
        if over
        else Standing("ok", _("可用"), _("在用") if users else ""),
        "verbs": [] if over else _verbs(request, row, users),
        "entries": story(request.actor, ["recipient."], {"recipient": row.id}, since=row.entered_at),
    }
    return render(request, "recipients/recipient.html", context)


def _verbs(request: StaffRequest, row: Recipient, users: list[str]) -> list[Doable]:
    if not request.actor.may(P.RULEBOOK_RECIPIENT_WRITE):
        return []
    change = Doable(_("修改"), href=reverse("rulebook:recipient_change", args=[row.id]))
    if users:
        return [change, Doable(_("停用接收方"), why=_("有在用的目的列明了它；先修订这些目的。"))]
    href = reverse("rulebook:recipient_retire", args=[row.id])
    return [change, Doable(_("停用接收方"), href=href, style="danger")]


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_RECIPIENT_WRITE)
def recipient_change(request: StaffRequest, recipient: UUID) -> HttpResponse:
    row = _recipient(request, recipient, standing=True)
    initial = {name: getattr(row, name) for name in rules.CONTENT}
    about: dict[str, Any] = {"recipient": row, "users": services.named_by(row.id)}
    return form_page(
        request,
        RecipientForm(request.POST or None, initial=initial),
        verb=lambda data: services.change_recipient(request.actor, recipient=row.id, **data),
        said=_("接收方已修改。"),
        then=("rulebook:recipient", row.id),
        template="recipients/form.html",
        about=about,
    )


@require_http_methods(["GET", "POST"])
@allowed(P.RULEBOOK_RECIPIENT_WRITE)
def recipient_retire(request: StaffRequest, recipient: UUID) -> HttpResponse:
    row = _recipient(request, recipient, standing=True)
    return form_page(
        request,
        ReasonForm(request.POST or None),
        verb=lambda data: services.retire_recipient(request.actor, recipient=row.id, **data),
        said=_("接收方已停用。"),
        then=("rulebook:recipient", row.id),
        template="recipients/retire.html",
        about={"recipient": row},
    )
