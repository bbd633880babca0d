"""The list of customers: narrowed by a posted form, arranged as each person likes, with customers chosen in it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission, PurposeRule, Role
from shouxin.customers.registry import listing, presenting, provinces, queries, selecting
from shouxin.customers.registry.forms import SearchForm
from shouxin.customers.registry.models import Kind
from shouxin.customers.registry.queries import Page
from shouxin.customers.registry.search import digest_of
from shouxin.customers.registry.views import no_purpose, working_purpose
from shouxin.gate import limits
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed, Window
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.lists.reading import Asked

P = Permission
KEY, SELECTION = "customers", "sel"
FILTERS = ("kind", "department", "responsible", "segment", "province", "visibility", "mine", "secrets")

lists.register(
    Listed(
        KEY,
        "customers:list",
        FILTERS,
        listing.SORTS,
        (
            Column("number", gettext_lazy("客户编号")),
            Column("reach", gettext_lazy("联系方式")),
            Column("kind", gettext_lazy("类型")),
            Column("segment", gettext_lazy("细分")),
            Column("province", gettext_lazy("省份")),
            Column("department", gettext_lazy("归口部门")),
            Column("responsible", pgettext_lazy("column", "负责人")),
            Column("created", gettext_lazy("建档时间")),
            Column("updated", gettext_lazy("更新时间")),
        ),
        apart=frozenset({"segment", "province"}),
    )
)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_READ)
def customer_list(request: StaffRequest) -> HttpResponse:
    """A page of the list; posted, what it is narrowed to is kept, and only a token of it goes into the address."""
    if request.method == "POST":
        return _narrowed(request)
    purpose = working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("客户"))
    asked = reading.read(request, KEY)
    filters, secrets = selecting.filters_of(asked.query), asked.query.get("secrets") == "1"
    try:
        page = listing.page(
            actor=request.actor,
            purpose=purpose.key,
            filters=filters,
            now=clock.now(),
            place=asked.place,
            sort=asked.sort,
            digest=digest_of(repr(filters)) if asked.narrowed else "",
            secrets=secrets,
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    context = {**_context(request, asked, page, purpose, secrets=secrets), **_selected(request, asked, page)}
    form = SearchForm(departments=context["departments"])
    return render(request, "registry/list.html", {"page_title": _("客户"), "search_form": form, **context})


def _narrowed(request: StaffRequest) -> HttpResponse:
    query = {one: text for one in (*FILTERS, "sort") if (text := request.POST.get(one, "").strip())}
    home = reverse("customers:list")
    if not any(query.get(one) for one in FILTERS):
        return redirect(f"{home}?{reading.ALL}=1")
    return reading.kept(request, KEY, query)


def _context(
    request: StaffRequest, asked: Asked, page: Page, purpose: PurposeRule, *, secrets: bool
) -> dict[str, Any]:
    used = limits.usage(request.actor, clock.now())
    known = rulebooks["rulebook"].fields()
    language = get_language() or "zh-hans"
    offered = [key for key in queries.SECRET_FIELDS if key in purpose.fields and key in known]
    filters = selecting.filters_of(asked.query)
    return {
        **asked.context(Window(page.customers, page.following, page.preceding)),
        "rows": presenting.rows(page.customers, offered if secrets else ()),
        "used": used,
        "secrets": secrets,
        "may_secrets": bool(offered and used.secret_most),
        "secret_heads": [known[key].name.in_(language) for key in offered] if secrets else [],
        "filters": filters,
        "cut": page.cut,
        "left_out": presenting.left_out_words(page.left_out),
        "kinds": Kind.choices,
        "provinces": provinces.choices(filters.province),
        "departments": presenting.own_departments(request),
        "colleagues": _colleagues(request),
        "counted": None if page.cut else listing.count(request.actor, filters),
        "may_create": request.actor.may(P.CUSTOMERS_PROFILE_CREATE),
    }


def _colleagues(request: StaffRequest) -> list[tuple[str, str]]:
    """Whose customers a head can narrow the list to."""
    if Role.HEAD not in request.actor.roles:
        return []
    theirs = people.staff_list(actor=request.actor).filter(
        department_id__in=list(request.actor.department_ids)
    )
    return [(str(one.id), one.display_name) for one in theirs[:200]]


def _selected(request: StaffRequest, asked: Asked, page: Page) -> dict[str, Any]:
    """What of this page is chosen, for those who may do something with it."""
    may = request.actor.may(P.CUSTOMERS_PROFILE_EDIT) or request.actor.may(P.CUSTOMERS_HANDOVER_PROPOSE)
    if not may or page.cut:
        return {"selecting": False}
    token = request.GET.get(SELECTION, "")
    found = selecting.chosen(request.actor, token, clock.now())
    here = [("list", asked.address.get("list", "")), ("view", asked.address.get("view", ""))]
    kept = [(key, text) for key, text in request.GET.items() if key not in {SELECTION, "list", "view"}]
    return {
        "selecting": True,
        "selection": found,
        "selection_token": token if found else "",
        "selection_over": bool(token) and found is None,
        "selection_count": selecting.count(request.actor, found) if found else None,
        "ticked": {view.row.id for view in page.customers if found and found.holds(view.row.id)},
        "selection_place": [*((key, text) for key, text in here if text), *kept],
    }


@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def select(request: StaffRequest) -> HttpResponse:
    """Tick rows of a page, choose all that match, drop the choice, or go on to what is to be done with it."""
    verb, now = request.POST.get("verb", ""), clock.now()
    token = request.POST.get(SELECTION, "")
    place = {key[3:]: str(text) for key, text in request.POST.items() if key.startswith("at_") and text}
    query = {one: text for one in FILTERS if (text := request.POST.get(f"q_{one}", ""))}
    if verb == "none":
        selecting.drop(actor=request.actor, token=token)
        return redirect(_home(place))
    if verb == "all" or selecting.chosen(request.actor, token, now) is None:
        token = selecting.begin(actor=request.actor, query=query, everything=verb == "all", now=now)
    shown, ticked = _ids(request, "shown"), _ids(request, "one")
    try:
        if verb != "all":
            selecting.tick(actor=request.actor, token=token, shown=shown, ticked=ticked & shown, now=now)
    except selecting.SelectionFull:
        messages.error(request, _("逐个勾选或排除的客户不能超过 5000 位，请改用筛选条件。"))
    if verb == "go":
        return redirect(f"{reverse('customers:bulk_new')}?{SELECTION}={token}")
    return redirect(_home({**place, SELECTION: token}))


def _ids(request: StaffRequest, name: str) -> set[UUID]:
    return {one for text in request.POST.getlist(name) if (one := lists.uuid_or_none(text))}


def _home(place: dict[str, str]) -> str:
    """The list where it was; an address never says more than lists let it say."""
    may = {*FILTERS, "list", "view", "all", "sort", "size", "after", "before", SELECTION}
    kept = {key: text for key, text in place.items() if key in may - {"segment", "province"}}
    home = reverse("customers:list")
    return f"{home}?{urlencode(kept)}" if kept else home
