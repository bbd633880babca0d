"""Consents and purposes: each with its page as seen, decided and taken back in one step, with a receipt to keep."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.ledger import standalone
from shouxin.core.policy import customer_actor
from shouxin.customers.consents import exporting, pages, receipts
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.relationships import guardians
from shouxin.journal import proving
from shouxin.journal.queries import Line
from shouxin.journal.services import NoLedgerYet, public_key
from shouxin.kit import clock
from shouxin.portal.choosing import presenting, queries
from shouxin.portal.choosing.queries import Choice
from shouxin.portal.entering import doors, rules
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.arranged import services as arranged
from shouxin.rights.arranged.presenting import wishes
from shouxin.rights.cases import presenting as cases
from shouxin.rights.cases.errors import CaseProblem


@require_GET
@for_customers
def choices(request: CustomerRequest) -> HttpResponse:
    return _choices(request)


def _choices(request: CustomerRequest, problem: str = "") -> HttpResponse:
    found = queries.choices(request.me.id, clock.now())
    said = presenting.descriptions([one.rule.key for one in found])
    context = {
        "cards": [presenting.card(one, said.get(one.rule.key, "")) for one in found],
        "acts": presenting.acts(queries.decided(request.me)),
        "wishes": wishes(request.me.id),
        "wards": guardians.wards_of(request.me.id, clock.now()),
        "problem": problem,
    }
    return render(request, "portal/choices.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@for_customers
def purpose(request: CustomerRequest, key: str) -> HttpResponse:
    found = queries.choice(request.me.id, key, clock.now())
    if found is None or not found.by_consent:
        raise Http404
    return deciding(request, request.me.id, found, how(request))


def deciding(
    request: CustomerRequest, customer: UUID, found: Choice, by: How, ward: UUID | None = None
) -> HttpResponse:
    """The notice of one purpose with its boxes; what is sent is what was decided about exactly this page. `ward`: the
    customer, where their guardian decides."""
    problem, now = "", clock.now()
    if request.method == "POST":
        try:
            done = consents.decide(
                actor=request.me,
                customer=customer,
                shown=request.POST.get("shown", ""),
                ticked=frozenset(request.POST.getlist("box")),
                how=by,
                now=now,
                kept=frozenset(request.POST.getlist("kept")),
            )
        except ConsentProblem as wrong:
            problem = wrong.text.in_(presenting.language())
        else:
            return redirect("my:receipt", done.entry)
    try:
        page = pages.present(purpose=found.rule.key, language=presenting.language(), now=now)
    except ConsentProblem:
        raise Http404 from None
    context = {
        "name": presenting.purpose_name(found.rule),
        "page": page,
        "boxes": presenting.asked(page, customer, now),
        "ward": ward,
        "problem": problem,
    }
    return render(request, "portal/purpose.html", context, status=422 if problem else 200)


@require_POST
@for_customers
def withdraw(request: CustomerRequest, key: str) -> HttpResponse:
    """Take a consent back: one click, at once."""
    try:
        done = consents.withdraw(
            actor=request.me,
            customer=request.me.id,
            purpose=key,
            how=how(request),
            now=clock.now(),
            box=request.POST.get("box") or "general",
        )
    except ConsentProblem as problem:
        return _choices(request, problem.text.in_(presenting.language()))
    return redirect("my:receipt", done[0].entry)


@require_POST
@for_customers
def refuse(request: CustomerRequest, key: str) -> HttpResponse:
    """Restrict or refuse a purpose that does not rest on consent; what the law demands is named instead."""
    kind = RefusalKind.OBJECTED if request.POST.get("kind") == "objected" else RefusalKind.RESTRICTED
    try:
        done = consents.refuse_purpose(
            actor=request.me, customer=request.me.id, purpose=key, kind=kind, now=clock.now()
        )
    except ConsentProblem as problem:
        return _choices(request, problem.text.in_(presenting.language()))
    return redirect("my:receipt", done.entry)


@require_POST
@for_customers
def allow(request: CustomerRequest, key: str) -> HttpResponse:
    """Let a purpose be used again that was refused or restricted; a decision as any other, with its receipt."""
    try:
        entry = consents.allow_again(actor=request.me, customer=request.me.id, purpose=key, now=clock.now())
    except ConsentProblem as problem:
        return _choices(request, problem.text.in_(presenting.language()))
    return redirect("my:receipt", entry) if entry else redirect("my:choices")


@require_POST
@for_customers
def arrange(request: CustomerRequest) -> HttpResponse:
    """What close relatives may ask for after the person's death; their word, with its receipt."""
    try:
        entry = arranged.arrange(
            actor=request.me,
            customer=request.me.id,
            allowed=request.POST.getlist("wish"),
            now=clock.now(),
        )
    except CaseProblem as problem:
        return _choices(request, str(cases.PROBLEMS[problem.code]))
    return redirect("my:receipt", entry)


@require_GET
@for_customers
def seen(request: CustomerRequest, entry: UUID) -> HttpResponse:
    """The page exactly as the person saw it when they decided."""
    decision = queries.decision(request.me, entry)
    if decision is None:
        raise Http404
    page = pages.again(decision.shown)
    line = queries.mine(request.me, entry)
    said = line.data if line else {}
    context = {
        "page": page,
        "boxes": presenting.boxes(page, frozenset(said.get("given") or ()), said),
        "decision": decision,
        "ward": queries.ward_of(request.me, line) if line else None,
        "spoken": page.language,
    }
    return render(request, "portal/seen.html", context)


@require_GET
@for_customers
def receipt(request: CustomerRequest, entry: UUID) -> HttpResponse:
    line = queries.mine(request.me, entry)
    if line is None:
        raise Http404
    context = {"act": presenting.act(line), "ward": queries.ward_of(request.me, line)}
    return render(request, "portal/receipt.html", context)


@require_GET
@for_customers
def proof(request: CustomerRequest, entry: UUID) -> HttpResponse:
    """The receipt as a file: the entry, its place in the ledger, and the signature over the whole."""
    if queries.mine(request.me, entry) is None:
        raise Http404
    try:
        made = proving.receipt_of(request.me, entry, mine=queries.whose(request.me, entry))
    except proving.NotSealedYet:
        return render(request, "portal/not_yet.html", {"entry": entry}, status=409)
    return _file(made.text(), f"receipt-{str(entry)[:8]}.tlog-proof")


@never_cache
@require_GET
def handed(request: HttpRequest, signed: str) -> HttpResponse:
    """The receipt of somebody who decided without signing in, by the address that was handed to them."""
    return _handed(request, signed, _signed(signed))


@never_cache
@require_GET
def handed_proof(request: HttpRequest, signed: str) -> HttpResponse:
    """The same as a file, to be checked elsewhere."""
    line = _signed(signed)
    me = customer_actor(line.customer)  # type: ignore[arg-type] # a consent is somebody's
    try:
        made = proving.receipt_of(me, line.id, mine=[me.id])
    except proving.NotSealedYet:
        return _handed(request, signed, line, early=True)
    return _file(made.text(), f"receipt-{str(line.id)[:8]}.tlog-proof")


def _signed(signed: str) -> Line:
    entry = receipts.entry_of(signed)
    line = queries.signed(entry) if entry else None
    if line is None:
        raise Http404
    return line


def _handed(request: HttpRequest, signed: str, line: Line, *, early: bool = False) -> HttpResponse:
    context = {"act": presenting.act(line), "signed": signed, "early": early}
    answer = render(request, "portal/receipt_handed.html", context, status=409 if early else 200)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_GET
def key(_request: HttpRequest) -> HttpResponse:
    """The public key of the ledger; nothing secret, for whoever checks a receipt elsewhere."""
    try:
        return _file(f"{public_key()}\n", "ledger.pub")
    except NoLedgerYet:
        raise Http404 from None


@require_GET
def verifier(_request: HttpRequest) -> HttpResponse:
    """The program that checks a receipt by itself; it shares nothing with what wrote it."""
    return _file(Path(standalone.__file__).read_text(encoding="utf-8"), "shouxin-verify.py")


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def how(request: CustomerRequest) -> How:
    """By the portal; of the device no more than a keyed digest."""
    said = request.headers.get("User-Agent", "")
    device = rules.keyed(str(settings.SECRET_KEY).encode(), "portal device", said, doors.address_of(request))
    return How(Channel.PORTAL, device=device.hex())


def _download(document: dict[str, Any], name: str) -> HttpResponse:
    answer = JsonResponse(
        document,
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.jsonld"'
    return answer


@require_GET
@for_customers
def records(request: CustomerRequest) -> HttpResponse:
    """Every decision of the person, for programs to read (ISO/IEC TS 27560)."""
    return _download(exporting.records(request.me.id, presenting.language(), clock.now()), "consents")


@require_GET
@for_customers
def receipt_record(request: CustomerRequest, entry: UUID) -> HttpResponse:
    """What was decided by one act, for programs to read."""
    said = queries.decision(request.me, entry)
    whom = said.customer_id if said else request.me.id
    found = exporting.receipt(whom, entry, presenting.language(), clock.now())
    if found is None:
        raise Http404
    return _download(found, f"receipt-{entry}")
