"""The second step where it stands in the way: before everything else after sign-in, and before dangerous verbs."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.people.second_factor import forms, passkeys, queries, rules, services, session
from shouxin.people.second_factor.proofs import Proof
from shouxin.people.second_factor.services import Outcome

P = ParamSpec("P")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ASKS_AGAIN = "asks_for_a_second_factor"
STATUS = {Outcome.WRONG: 422, Outcome.LOCKED: 429, Outcome.UNAVAILABLE: 503}
# What a log-in that still has to set up its second factor may open.
BEFORE_SET_UP = frozenset(
    {
        "people:factor_totp",
        "people:factor_passkey",
        "people:factor_codes",
        "people:password",
        "people:sign_out",
        "set_language",
    }
)
# What stays open while the second step of a session is due, whichever door let the person in.
BEFORE_STEP = frozenset({"people:second_step", "people:sign_out", "set_language"})


def second_step_first(request: HttpRequest, staff: Staff) -> HttpResponse | None:
    """To the second step, where the log-in has one and this session has not done it, whatever door it came by."""
    if session.has_passed(request, staff) or _name(request) in BEFORE_STEP:
        return None
    return redirect("people:second_step")


def set_up_first(request: HttpRequest, staff: Staff) -> HttpResponse | None:
    """To setting one up, where the role needs a second factor and the log-in has none."""
    if _name(request) in BEFORE_SET_UP or not queries.must_set_up(staff):
        return None
    return redirect("people:factor_totp")


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def proof_of(request: HttpRequest, staff: Staff) -> Proof | None:
    """What the form of the second step holds, if anything."""
    if request.POST.get(forms.PASSKEY):
        return passkeys.Passkey(request, request.POST[forms.PASSKEY])
    form = form_for(staff, request.POST)
    return form.proof() if form.is_valid() else None


def form_for(staff: Staff, data: Any = None) -> forms.CodeForm | forms.PasswordAgainForm:
    return forms.CodeForm(data) if staff.second_factor_at else forms.PasswordAgainForm(data)


def prove(request: HttpRequest, staff: Staff, place: str) -> Outcome:
    """Check what the form of the second step holds."""
    proof = proof_of(request, staff)
    if proof is None:
        return Outcome.WRONG
    outcome = services.prove(
        actor=people.actor_of(staff), proof=proof, address=request.META.get("REMOTE_ADDR", ""), place=place
    )
    if outcome is Outcome.PASSED:
        session.note_proof(request, proof.kind)
    return outcome


def words(outcome: Outcome) -> str:
    """What went wrong and what to do."""
    if outcome is Outcome.LOCKED:
        minutes = int(rules.LOCK_LASTS.total_seconds() // 60)
        return _("连续输错，已暂时锁定。请 %(minutes)s 分钟后再试。") % {"minutes": minutes}
    if outcome is Outcome.UNAVAILABLE:
        return services.KEYS_AWAY.in_(get_language() or "zh-hans")
    return _("不正确，或已经用过。动态码每 30 秒更换，请输入当前显示的；连续输错会暂时锁定。")


def step_context(request: HttpRequest, staff: Staff, outcome: Outcome | None) -> dict[str, Any]:
    """What the form of the second step needs."""
    ways = queries.has_passkey(staff.id) if staff.second_factor_at else False
    return {
        "form": form_for(staff),
        "problem": words(outcome) if outcome else "",
        "passkey_options": passkeys.options_to_prove(request, staff) if ways else "",
    }


def fresh_second_factor(
    *verbs: str,
) -> Callable[
    [Callable[Concatenate[Any, P], HttpResponseBase]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]
]:
    """二次认证: a dangerous verb wants a proof that is at most ten minutes old (put it below `allowed`).

    Without one the page asks for it and then carries the verb out: what was sent comes along. With `verbs` named,
    only a POST whose address, or else whose field `verb`, says one of them is asked.
    """

    def decorate(
        view: Callable[Concatenate[Any, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            meant = not verbs or kwargs.get("verb", request.POST.get("verb")) in verbs
            if request.method in SAFE or not meant:
                return view(request, *args, **kwargs)
            return ask_again(request) or view(request, *args, **kwargs)

        update_wrapper(guarded, view)
        vars(guarded)[ASKS_AGAIN] = frozenset(verbs)  # for the test that no dangerous verb goes without
        return guarded

    return decorate


def proof_given(request: HttpRequest) -> bool:
    """Whether the request brings what the page of `ask_again` asks for."""
    return any(request.POST.get(name) for name in forms.FIELDS)


def ask_again(request: HttpRequest) -> HttpResponse | None:
    """The page that asks for a proof; nothing once there is a fresh one."""
    staff = request.user
    if not isinstance(staff, Staff):
        raise TypeError("fresh_second_factor stands behind the doors")
    given = proof_given(request)
    sent = request.POST.copy()
    for name in forms.FIELDS:
        sent.pop(name, None)
    outcome = None
    if not session.is_fresh(request, staff):
        outcome = prove(request, staff, "verb") if given else Outcome.WRONG
    request.POST = sent  # type: ignore[assignment]  # the verb gets what was sent to it, nothing more
    if outcome in {None, Outcome.PASSED}:
        return None
    sent.pop("csrfmiddlewaretoken", None)
    context = {
        "kept": [(name, value) for name, values in sent.lists() for value in values],
        "again": request.get_full_path(),
        **step_context(request, staff, outcome if given else None),
    }
    status = STATUS[outcome] if outcome and given else 403
    answer = render(request, "second_factor/ask.html", context, status=status)
    add_never_cache_headers(answer)
    return answer
