"""The customers' door: asking for a code, typing it, one more detail, an invitation, going out."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.kit import clock
from shouxin.portal.entering import channels, doors, invitations, queries, services
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.forms import AskForm, AttributeForm, CodeForm, DoorForm, InvitationForm


def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a code. Whoever is asked for, the answer is the same page."""
    if request.method == "POST":
        return _ask(request)
    if doors.session_of(request):
        return redirect("my:home")
    return _page(request, "sign_in", AskForm())


def _ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, "sign_in", form)
    try:
        token = services.ask(
            typed=form.cleaned_data["contact"], address=doors.address_of(request), now=clock.now()
        )
    except EntryProblem as problem:
        return _page(request, "sign_in", _said(form, problem))
    answer = redirect("my:code")
    doors.keep_entry(answer, token)
    return answer


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    token = request.COOKIES.get(doors.ENTRY, "")
    if not token:
        return redirect("my:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entered = services.answer(
                token=token,
                code=form.cleaned_data["code"],
                address=doors.address_of(request),
                now=clock.now(),
            )
        except EntryProblem as problem:
            return _page(request, "code", _said(form, problem))
        return _let_in(request, entered.token) if entered.token else redirect("my:detail")
    return _page(request, "code", form)


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest) -> HttpResponse:
    """One more detail, where the contact is shared or nobody confirmed it for long."""
    token = request.COOKIES.get(doors.ENTRY, "")
    if request.method == "GET" and not queries.awaits_attribute(token, clock.now()):
        return redirect("my:sign_in")
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entered = services.answer_attribute(
                token=token,
                typed=form.cleaned_data["detail"],
                address=doors.address_of(request),
                now=clock.now(),
            )
        except EntryProblem as problem:
            return _page(request, "detail", _said(form, problem))
        return _let_in(request, entered.token)
    return _page(request, "detail", form)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = invitations.use(
                code=form.cleaned_data["invitation"],
                typed=form.cleaned_data["detail"],
                address=doors.address_of(request),
                now=clock.now(),
            )
        except EntryProblem as problem:
            return _page(request, "invitation", _said(form, problem))
        return _let_in(request, token)
    return _page(request, "invitation", form)


@require_GET
@never_cache
@for_customers
def session(request: CustomerRequest) -> HttpResponse:
    """Who is in, by mark, with a fresh token for forms: asked by a page before it sends what was typed into it."""
    return JsonResponse({"who": doors.mark_of(request.mine), "csrf": get_token(request)})


@require_POST
@for_customers
def sign_out(request: CustomerRequest) -> HttpResponse:
    services.leave(session=request.mine, now=clock.now())
    answer = redirect("my:sign_in")
    answer.delete_cookie(doors.SESSION, path=doors.PATH)
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, and back to the page of the portal that asked; to no other address."""
    answer = redirect(_inside(request.POST.get("next", "")))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            path=doors.PATH,
            secure=settings.ENCRYPTED,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _inside(path: str) -> str:
    """`path` if it is a page of the portal, else its door."""
    try:
        found = resolve(path)
    except Resolver404:
        return "my:sign_in"
    return path if found.namespace == "my" else "my:sign_in"


def _let_in(request: HttpRequest, token: str) -> HttpResponse:
    before = doors.session_of(request)
    if before:
        services.leave(session=before, now=clock.now())
    return doors.let_in(request, cast("HttpResponse", redirect("my:home")), token)


def _said(form: DoorForm, problem: EntryProblem) -> DoorForm:
    form.add_error(None, problem.text.in_(get_language() or "zh-hans"))
    return form


def _page(request: HttpRequest, name: str, form: DoorForm) -> HttpResponse:
    spoken = get_language() or "zh-hans"
    context = {
        "form": form,
        "ways": [one.name.in_(spoken) for one in channels.offered()],
    }
    return render(request, f"portal/{name}.html", context, status=422 if form.errors else 200)
