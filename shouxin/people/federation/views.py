"""The other side's door into the same house: there and back, with the checks of the one door; and links of log-ins."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, sealing
from shouxin.people import queries as people
from shouxin.people import rules as people_rules
from shouxin.people import signin
from shouxin.people.connections.models import Connection
from shouxin.people.doors import StaffRequest, allowed, onward
from shouxin.people.federation import entering, providers, queries, rules, services, session
from shouxin.people.federation.adapter import trusting
from shouxin.people.federation.peers import Unreachable, authority_of
from shouxin.people.guarding import watching as guard
from shouxin.people.models import Staff
from shouxin.people.second_factor import session as second_factor
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.second_factor.proofs import PASSWORD
from shouxin.people.second_factor.views import second_step_address
from shouxin.people.services import PeopleError
from shouxin.people.views.door import words

P = Permission
PROVIDER = "provider"  # how a second factor was proved: over there, as the connection's settings agree
BACKEND = "shouxin.people.signin.StaffBackend"
SAID = {
    "unreachable": gettext_lazy(
        "对方现在连接不上，或证书不受信任，因此不能经它登录；不会改用其他方式，有本系统密码的人不受影响。请稍后再试，或联系系统管理员。"
    ),
    "refused": gettext_lazy(
        "对方没有确认您的身份，或答复未通过核对，因此没有登录。请重试；仍不行请联系系统管理员。"
    ),
    "round": gettext_lazy("这次登录已过期，或不是从本浏览器开始的。请回到登录页重新开始。"),
    "unlinked": gettext_lazy(
        "您在对方的账号还没有与本系统的登录名关联。请先用密码登录后自行关联，或请系统管理员办理。"
    ),
    "may_not": gettext_lazy("与该账号关联的登录名现在不能使用。请联系系统管理员。"),
    "no_keys": gettext_lazy("密钥服务不可用，暂时不能经此登录。请联系系统管理员。"),
}
STATUS = {"unreachable": 503, "no_keys": 503, "round": 400}


def _connection(connection_id: UUID) -> Connection:
    found = next((one for one in queries.offered() if one.id == connection_id), None)
    if found is None:
        raise Http404
    return found


@never_cache
@require_POST
@login_not_required
def begin(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Off to the other side, to sign in."""
    connection = _connection(connection_id)
    if request.user.is_authenticated:
        return redirect("/")
    if _spent(request):
        return _locked(request)
    return _set_out(request, connection, onwards=onward(request, settings.LOGIN_REDIRECT_URL), linking=None)


def _set_out(
    request: HttpRequest, connection: Connection, *, onwards: str, linking: UUID | None
) -> HttpResponseBase:
    way = session.set_out(request, connection, onwards=onwards, linking=linking)
    try:
        with trusting(authority_of(connection.settings)):
            where = providers.where_to(request, connection, way)
    except Unreachable:
        return _failed(request, connection, "unreachable")
    except sealing.Unavailable:
        return _failed(request, connection, "no_keys")
    except rules.Refused as refused:
        return _failed(request, connection, "refused", refused.code)
    # No redirect: the content policy lets forms lead to this installation alone, wherever they are sent on to.
    context = {"page_title": _("前往对方登录"), "connection": connection, "where": where}
    return render(request, "federation/away.html", context)


@never_cache
@require_GET
@login_not_required
@sensitive_variables()
def back(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Back from the other side: check whose answer this is, then in, or link."""
    connection = _connection(connection_id)
    found = session.come_back(request, connection)
    if _spent(request):
        return _locked(request)
    if found is None:
        return _turned_away(request, connection, "round")
    if "code" not in request.GET and "authCode" not in request.GET:
        return _failed(request, connection, "refused", "cancelled")
    try:
        with trusting(authority_of(connection.settings)):
            answer = providers.who_is_it(request, connection, found.way)
    except Unreachable:
        return _failed(request, connection, "unreachable")
    except sealing.Unavailable:
        return _failed(request, connection, "no_keys")
    except rules.Refused as refused:
        return _turned_away(request, connection, "refused", refused.code)
    if found.linking is not None:
        return _linked(request, connection, found.linking, answer)
    return _let_in(request, connection, answer, found.onwards)


def _let_in(
    request: HttpRequest, connection: Connection, answer: rules.Answer, onwards: str
) -> HttpResponseBase:
    """The same checks as behind a right password: linked, may sign in, not locked; then the second factor."""
    identity = queries.whose(connection, answer.subject)
    if identity is None:
        return _turned_away(request, connection, "unlinked")
    staff = identity.staff
    if not signin.may_sign_in(staff):
        return _turned_away(request, connection, "may_not", staff=staff)
    allowed_in = AxesProxyHandler.is_allowed(request, {"username": staff.user_name})
    if not allowed_in or guard.closed_to(request, staff):
        signin.record_failure(user_name=staff.user_name, cause="locked")
        return _locked(request)
    entering.note_use(identity=identity, actor=people.actor_of(staff), now=clock.now())
    given = rules.second_factor_given(answer.proofs, connection.settings.get("proofs") or ())
    if staff.second_factor_at is not None and not given:
        second_factor.begin_second_step(request, staff)
        return redirect(second_step_address("" if onwards == settings.LOGIN_REDIRECT_URL else onwards))
    login(request, staff, backend=BACKEND)
    second_factor.note_proof(request, PROVIDER if given else PASSWORD)
    signin.record_sign_in(actor=people.actor_of(staff))
    return redirect(onwards)


def _linked(
    request: HttpRequest, connection: Connection, linking: UUID, answer: rules.Answer
) -> HttpResponseBase:
    """Link the log-in of this session, if it is still the one that set out."""
    staff = request.user
    if not isinstance(staff, Staff) or staff.id != linking or not second_factor.is_fresh(request, staff):
        return _failed(request, connection, "round")
    actor = people.actor_of(staff)
    try:
        services.link_own(actor=actor, connection=connection, subject=answer.subject, now=clock.now())
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, _("已关联，以后可以经它登录。"))
    return redirect("people:links")


def _spent(request: HttpRequest) -> bool:
    since = clock.now() - people_rules.LOCK_LASTS
    failures = people.recent_failures(address=request.META.get("REMOTE_ADDR", ""), since=since)
    return people_rules.address_is_spent(failures) or guard.blocked(request)


def _locked(request: HttpRequest) -> HttpResponse:
    minutes = int(people_rules.LOCK_LASTS.total_seconds() // 60)
    return render(request, "people/locked.html", {"minutes": minutes}, status=429)


def _turned_away(
    request: HttpRequest, connection: Connection, why: str, cause: str = "", *, staff: Staff | None = None
) -> HttpResponse:
    """Somebody tried to come in and may not: the guard counts it as it counts wrong passwords."""
    if not request.user.is_authenticated:
        guard.refused(request, staff)
    return _failed(request, connection, why, cause, staff=staff)


def _failed(
    request: HttpRequest, connection: Connection, why: str, cause: str = "", *, staff: Staff | None = None
) -> HttpResponse:
    """Says what happened and what to do; nothing weaker takes its place."""
    actor = people.actor_of(staff) if staff else people.SIGN_IN
    entering.note_refusal(actor=actor, connection=connection, cause=cause or why)
    context = {
        "page_title": _("没有登录"),
        "connection": connection,
        "text": SAID[why],
        "signed_in": request.user.is_authenticated,
    }
    return render(request, "federation/failed.html", context, status=STATUS.get(why, 403))


# Links of log-ins


@never_cache
@require_GET
@allowed()
def links(request: StaffRequest) -> HttpResponse:
    """One's own links."""
    held = queries.links_of(request.user)
    taken = {one.connection_id for one in held}
    context = {
        "page_title": _("统一登录"),
        "links": held,
        "offered": [one for one in queries.offered() if one.id not in taken],
        "only": request.user.only_through_id,
    }
    return render(request, "federation/links.html", context)


@never_cache
@require_POST
@allowed()
@fresh_second_factor()
def link(request: StaffRequest, connection_id: UUID) -> HttpResponseBase:
    """Off to the other side, to link one's own log-in."""
    return _set_out(request, _connection(connection_id), onwards="", linking=request.user.id)


@require_POST
@allowed()
@fresh_second_factor()
def unlink(request: StaffRequest, identity_id: UUID) -> HttpResponse:
    """End a link: one's own, or with the right to, somebody's."""
    try:
        ended = services.unlink(actor=request.actor, identity_id=identity_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, words(error))
        return redirect("people:links")
    messages.success(request, _("已解除关联。"))
    if ended.staff_id == request.user.id:
        return redirect("people:links")
    return redirect("people:staff_links", ended.staff_id)


@never_cache
@require_GET
@allowed(P.PEOPLE_STAFF_WRITE, P.PEOPLE_CONNECTION_APPROVE)
def staff_links(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """How somebody signs in, for administrators."""
    staff = Staff.objects.filter(id=staff_id).first()
    if staff is None:
        raise Http404
    held = queries.links_of(staff)
    apart = not people.same_person(request.actor.id, staff.id)
    context = {
        "page_title": _("登录方式"),
        "staff": staff,
        "links": [
            (
                one,
                one.confirmed_at is None
                and apart
                and request.actor.may(P.PEOPLE_CONNECTION_APPROVE)
                and not people.same_person(request.actor.id, one.linked_by_id),
            )
            for one in held
        ],
        "offered": queries.offered(),
        "confirmed": [one.connection for one in held if one.confirmed_at],
        "may_link": apart and staff.is_active and request.actor.may(P.PEOPLE_STAFF_WRITE),
    }
    return render(request, "federation/staff_links.html", context)


def _did(request: StaffRequest, staff_id: UUID, verb: Callable[[], Any], said: str) -> HttpResponse:
    try:
        verb()
    except PeopleError as error:
        messages.error(request, words(error))
    else:
        messages.success(request, said)
    return redirect("people:staff_links", staff_id)


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def staff_link(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Say who somebody is at the other side."""
    connection = _chosen(request)
    if connection is None:
        raise Http404
    subject = request.POST.get("subject", "")
    return _did(
        request,
        staff_id,
        lambda: services.propose_link(
            actor=request.actor,
            staff_id=staff_id,
            connection=connection,
            subject=subject,
            now=clock.now(),
        ),
        _("已提出，安全管理员确认后生效。"),
    )


@require_POST
@allowed(P.PEOPLE_CONNECTION_APPROVE)
@fresh_second_factor()
def confirm_link(request: StaffRequest, staff_id: UUID, identity_id: UUID) -> HttpResponse:
    return _did(
        request,
        staff_id,
        lambda: services.confirm_link(actor=request.actor, identity_id=identity_id, now=clock.now()),
        _("已确认，可以经它登录。"),
    )


@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
@fresh_second_factor()
def bind(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Let somebody sign in by one connection alone, or by password again."""
    connection = _chosen(request)
    said = _("已设定：只能经此连接登录，密码已作废。") if connection else _("已改回密码登录，请重置密码。")
    return _did(
        request,
        staff_id,
        lambda: services.bind(actor=request.actor, staff_id=staff_id, connection=connection),
        said,
    )


def _chosen(request: StaffRequest) -> Connection | None:
    given = request.POST.get("connection", "")
    if not given:
        return None
    found = next((one for one in queries.offered() if str(one.id) == given), None)
    if found is None:
        raise Http404
    return found
