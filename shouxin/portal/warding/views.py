"""A guardian at their own door decides for a ward, and asks on their behalf; each act says that a guardian did."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.customers.consents import services as consents
from shouxin.customers.consents import standing_in
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.services import How
from shouxin.customers.relationships import guardians
from shouxin.customers.relationships.models import Relationship
from shouxin.kit import clock
from shouxin.portal.asking.forms import WardForm
from shouxin.portal.choosing import presenting, queries
from shouxin.portal.choosing.views import deciding, how
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.cases import presenting as cases
from shouxin.rights.cases import services as asking
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Requester


@require_GET
@for_customers
def ward(request: CustomerRequest, ward_id: UUID) -> HttpResponse:
    """What the guardian may decide, or why they may not and what would help."""
    _known(request, ward_id)
    return _page(request, ward_id)


def _page(
    request: CustomerRequest, ward_id: UUID, problem: str = "", form: WardForm | None = None
) -> HttpResponse:
    now = clock.now()
    try:
        standing_in.proof_for(guardian=request.me.id, customer=ward_id, now=now)
    except ConsentProblem as wrong:
        context: dict[str, Any] = {"problem": wrong.text.in_(presenting.language())}
        return render(request, "portal/ward.html", context, status=422)
    found = [one for one in queries.choices(ward_id, now) if one.by_consent]
    said = presenting.descriptions([one.rule.key for one in found])
    context = {
        "ward": ward_id,
        "turn": next((turn for turn in _turns(request, now) if turn[1].other == ward_id), None),
        "cards": [presenting.card(one, said.get(one.rule.key, "")) for one in found],
        "acts": presenting.acts(queries.decided_for(request.me, ward_id)),
        "form": form or WardForm(customer=ward_id),
        "problem": problem,
    }
    return render(request, "portal/ward.html", context, status=422 if problem or form else 200)


@require_http_methods(["GET", "POST"])
@for_customers
def purpose(request: CustomerRequest, ward_id: UUID, key: str) -> HttpResponse:
    """The notice with its boxes, as the ward would see it; what is sent is what the guardian decided."""
    _known(request, ward_id)
    found = queries.choice(ward_id, key, clock.now())
    if found is None or not found.by_consent:
        raise Http404
    try:
        standing = _how(request, ward_id)
    except ConsentProblem as wrong:
        return _page(request, ward_id, wrong.text.in_(presenting.language()))
    return deciding(request, ward_id, found, standing, ward=ward_id)


@require_POST
@for_customers
def withdraw(request: CustomerRequest, ward_id: UUID, key: str) -> HttpResponse:
    """Take a consent of the ward back: one click, at once."""
    _known(request, ward_id)
    try:
        done = consents.withdraw(
            actor=request.me,
            customer=ward_id,
            purpose=key,
            how=_how(request, ward_id),
            now=clock.now(),
            box=request.POST.get("box") or "general",
        )
    except ConsentProblem as problem:
        return _page(request, ward_id, problem.text.in_(presenting.language()))
    return redirect("my:receipt", done[0].entry)


@require_POST
@for_customers
def ask(request: CustomerRequest, ward_id: UUID) -> HttpResponse:
    """A request on the ward's behalf, followed with the guardian's own."""
    _known(request, ward_id)
    form = WardForm(request.POST, customer=ward_id)
    if form.is_valid():
        asked = form.asked(ward_id, Requester.GUARDIAN)
        try:
            filed = asking.file(actor=request.me, asked=asked, now=clock.now())
        except CaseProblem as problem:
            form.add_error(None, str(cases.PROBLEMS[problem.code]))
        else:
            return render(request, "portal/filed.html", {"filed": filed})
    return _page(request, ward_id, form=form)


def _turns(request: CustomerRequest, now: datetime) -> list[tuple[int, Relationship]]:
    """Those in the visitor's care, counted as on the page of choices: two may have been noted on the same day."""
    return list(enumerate(guardians.wards_of(request.me.id, now), 1))


def _known(request: CustomerRequest, ward_id: UUID) -> None:
    """Somebody the visitor never was a guardian of is nobody they could name."""
    if not guardians.was_guardian(request.me.id, ward_id):
        raise Http404


def _how(request: CustomerRequest, ward_id: UUID) -> How:
    """By the portal, as the guardian that staff verified.

    Raises:
        ConsentProblem: not noted today, not verified, or no longer needed.
    """
    proof = standing_in.proof_for(guardian=request.me.id, customer=ward_id, now=clock.now())
    return replace(how(request), guardian=request.me.id, guardian_proof=proof)
