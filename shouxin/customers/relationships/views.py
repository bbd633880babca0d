"""Screens of relationships: finding the other customer, noting how the two stand to each other, ending it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Action, Permission
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.forms import SearchForm
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.customers.registry.queries import CustomerView
from shouxin.customers.registry.search import MOST, search
from shouxin.customers.relationships import presenting, queries, services
from shouxin.customers.relationships.forms import RelateForm
from shouxin.customers.relationships.services import RelationProblem
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

P = Permission


def _row(request: StaffRequest, customer_id: UUID) -> Customer:
    found = registry.find(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_RELATIONSHIP_WRITE)
def relate(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Search the other customer first, by POST; then say how the two stand to each other."""
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("登记客户关系")}, status=409)
    context: dict[str, Any] = {"page_title": _("登记客户关系"), "row": row, "search_form": SearchForm()}
    try:
        if request.method == "POST" and "term" in request.POST:
            context |= _found(request, row, purpose)
        elif request.method == "POST":
            form = _form(request, row, purpose, _chosen(request, purpose))
            if form.is_valid() and _noted(request, row, purpose, form):
                return redirect("customers:page", row.id)
            context |= {"form": form}
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    status = 422 if context.get("form") and context["form"].errors else 200
    return render(request, "relationships/relate.html", context, status=status)


def _found(request: StaffRequest, row: Customer, purpose: str) -> dict[str, Any]:
    form = SearchForm(request.POST)
    if not form.is_valid():
        return {"search_form": form}
    term = form.cleaned_data["term"]
    found = search(actor=request.actor, purpose=purpose, term=term, rows=MOST, now=clock.now())
    others = presenting.other_choices(found.customers, row.id)
    answer = {"search_form": form, "searched": True}
    return answer | ({"form": _form(request, row, purpose, others, fresh=True)} if others else {})


def _chosen(request: StaffRequest, purpose: str) -> list[tuple[str, str]]:
    """The one that was chosen on the page before, if it exists for this actor."""
    wanted = uuid_or_none(request.POST.get("other", ""))
    other = registry.find(request.actor, wanted) if wanted else None
    if other is None:
        return []
    views = registry.masked(
        actor=request.actor, purpose=purpose, rows=[other], action=Action.SEARCH, now=clock.now()
    )
    return presenting.other_choices(views, UUID(int=0))


def _form(
    request: StaffRequest, row: Customer, purpose: str, others: list[tuple[str, str]], *, fresh: bool = False
) -> RelateForm:
    contracts = presenting.contract_choices(_contracts(request, row, purpose))
    initial = {"other": others[0][0] if len(others) == 1 else None}
    data = None if fresh else request.POST
    return RelateForm(data, mine=row.kind, others=others, contracts=contracts, initial=initial)


def _contracts(request: StaffRequest, row: Customer, purpose: str) -> CustomerView:
    records = queries.contracts(row.id)
    if not records:
        return CustomerView(row, {})
    return registry.profile(
        actor=request.actor,
        purpose=purpose,
        row=row,
        fields=["contract_no", "lease_contract_no"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=records,
    )


def _noted(request: StaffRequest, row: Customer, purpose: str, form: RelateForm) -> bool:
    kind, side = form.standing
    try:
        services.relate(
            actor=request.actor,
            purpose=purpose,
            customer=row.id,
            other=form.cleaned_data["other"],
            kind=kind,
            side=side,
            since=form.cleaned_data["since"],
            contract=form.cleaned_data.get("contract"),
            now=clock.now(),
        )
    except RelationProblem as problem:
        form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        return False
    messages.success(request, _("客户关系已登记在双方的档案上。"))
    return True


@require_POST
@allowed(P.CUSTOMERS_RELATIONSHIP_WRITE)
def end(request: StaffRequest, customer_id: UUID, half: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    try:
        services.end(
            actor=request.actor,
            purpose=purpose,
            customer=row.id,
            relationship=half,
            now=clock.now(),
        )
    except RelationProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    else:
        messages.success(request, _("客户关系已结束。"))
    return redirect("customers:page", row.id)
