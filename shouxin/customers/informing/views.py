"""Screens of telling again: how far each version came, who is left, sending to them, and telling somebody in person."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.informing import presenting, queries, services
from shouxin.customers.informing.services import InformingProblem
from shouxin.customers.messages.models import Channel
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.working_purpose import purpose_of
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes.models import NoticeVersion

P = Permission
KEY = "informing"
CHANNELS = frozenset({Channel.EMAIL.value, Channel.SMS.value})
lists.register(
    Listed(
        KEY,
        "customers:informing",
        (),
        (
            Sort("newest", gettext_lazy("最近的在前"), "effective_on"),
            Sort("oldest", gettext_lazy("最早的在前"), "effective_on", descending=False),
        ),
        (Column("ways", gettext_lazy("方式")), Column("since", gettext_lazy("生效时间"))),
    )
)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Every version of which existing customers are told again, with how many were."""
    asked = reading.read(request, KEY)
    found = queries.versions(request.actor)
    page = lists.window(found, asked.sort, asked.place)
    known = {row.id: row for row in changes.to_tell()}
    reach = queries.reach(request.actor, [known[row.id] for row in page.rows if row.id in known])
    context = {
        **asked.context(page, found),
        "page_title": _("再次告知"),
        "rows": [presenting.row(row, reach[row.id]) for row in page.rows if row.id in reach],
    }
    return render(request, "informing/list.html", context)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_MESSAGE_READ)
def detail(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """What changed, who was told by which way, and the masked list of whoever was not."""
    version, told = queries.version(request.actor, version_id), queries.told_of(version_id)
    if version is None or told is None:
        raise Http404
    purpose = purpose_of(request, request.actor)
    place = lists.place_from(request.GET)
    reach = queries.reach(request.actor, [told])[told.id]
    context = {
        **presenting.told(_found(version.id)),
        "page_title": _("%(title)s 第 %(number)s 版")
        % {"title": version.notice.title, "number": version.number},
        "reach": reach,
        "ways": presenting.ways(reach),
        "standing": presenting.standing(reach),
        "verbs": presenting.verbs(request.actor, reach),
        "mailings": [
            presenting.mailing(one.message) for one in queries.mailings(request.actor, version_id)[:20]
        ],
        "purpose": purpose,
    }
    if purpose and reach.left:
        try:
            page = queries.page(actor=request.actor, purpose=purpose, told=told, place=place, now=clock.now())
        except gate.Refused as problem:
            return refused(request, problem.refusal)
        context |= {
            "rows": registry_words.rows(page.customers),
            "left_out": registry_words.left_out_words(page.left_out),
            "cut": page.cut,
            **lists.links({}, lists.Window(page.customers, page.following, page.preceding), place),
        }
    return render(request, "informing/version.html", context)


@require_POST
@allowed(P.CUSTOMERS_MESSAGE_DRAFT)
def send(request: StaffRequest, version_id: UUID) -> HttpResponse:
    """Draft a message to whoever is left, and go on where messages are submitted."""
    channel = request.POST.get("channel", "")
    version = queries.version(request.actor, version_id)
    if version is None or channel not in CHANNELS:
        raise Http404
    try:
        row = services.send_remaining(
            actor=request.actor,
            version_id=version_id,
            channel=Channel(channel),
            address=_address(request, version.notice_id),
            now=clock.now(),
        )
    except (InformingProblem, MessageProblem) as problem:
        said.error(request, problem.text.in_(presenting.language()))
        return redirect("customers:informing_version", version_id)
    said.success(request, _("已起草，试算后提交；由另一人批准，在后台逐位发送，发出的自动成为告知回执。"))
    return redirect("customers:message", row.id)


def _address(request: HttpRequest, notice: str) -> str:
    """Where the notice is read without an account, by the organisation's own name for this installation."""
    page = reverse("my:notice", args=[notice])
    return f"{settings.PUBLIC_ADDRESS}{page}" if settings.PUBLIC_ADDRESS else request.build_absolute_uri(page)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_CONSENT_RECORD)
def counter(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Read the changes out to somebody who is there, and write down that they were told."""
    row = registry.find(request.actor, customer_id)
    if row is None:
        raise Http404
    if request.method == "POST":
        try:
            services.tell_at_counter(
                actor=request.actor, customer=row.id, sha256=request.POST.get("told", ""), now=clock.now()
            )
        except InformingProblem as problem:
            said.error(request, problem.text.in_(presenting.language()))
            return redirect("customers:informing_counter", row.id)
        said.success(request, _("已记下：当面告知了本人。"))
        return redirect("customers:page", row.id)
    waiting = [
        presenting.told(_found(told.id), _found(known.id) if known else None)
        for told, known in queries.outstanding(row.id, clock.now())
    ]
    context = {
        "page_title": _("当面告知"),
        "row": row,
        "waiting": waiting,
        "receipts": queries.receipts(row.id)[:20],
    }
    return render(request, "informing/counter.html", context)


def _found(version_id: UUID) -> NoticeVersion:
    found = changes.version(version_id)
    if found is None:
        raise Http404
    return found
