"""The auditor's pages: the journal in sentences, one entry with its proof, and checks of the whole ledger."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.console.journal import naming, services
from shouxin.console.journal.events import narrowed_to
from shouxin.console.journal.forms import LAST_DAYS, SearchForm, dated, searched, shown, understood
from shouxin.console.journal.presenting import check_shown, step_lines
from shouxin.core.ledger.errors import LedgerError
from shouxin.core.ledger.proof import SUFFIX
from shouxin.core.policy import Permission
from shouxin.journal import checking, proving, queries
from shouxin.journal.services import NoLedgerYet, public_key
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

P = Permission
TEXT = "text/plain; charset=utf-8"
KEY = "journal"
FILTERS = ("person", "customer", "event", "purpose", "since", "until")
lists.register(
    Listed(
        KEY,
        "journal:entries",
        FILTERS,
        lists.by_age(),
        (
            Column("who", gettext_lazy("谁")),
            Column("purpose", pgettext_lazy("label", "处理目的"), usual=False),  # most sentences name it
        ),
        apart=frozenset(FILTERS),
    )
)


def _language() -> str:
    return get_language() or "zh-hans"


def _presented(lines: Iterable[queries.Line]) -> list[dict[str, Any]]:
    """Entries as the page shows them: staff, programs and purposes by name."""
    lines, language = list(lines), _language()
    known, purposes = naming.who_is((line.actor for line in lines), language), naming.purpose_names(language)
    return [
        {
            "id": line.id,
            "at": line.at,
            "event": line.event,
            "kind": naming.kind_name(line.event, language),
            "sentence": line.sentence(language),
            "who": known[line.actor],
            "actor": line.actor,
            "customer": line.customer,
            "purpose": purposes.get(line.purpose or "", line.purpose or ""),
        }
        for line in lines
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.JOURNAL_ENTRY_READ)
def entries(request: StaffRequest) -> HttpResponse:
    """What is looked for is posted and resolved to codes; the page that shows it has a token in its address alone."""
    if request.method == "POST":
        form = SearchForm(dated(request.POST))
        if not form.is_valid():
            answer = {"form": form, "last_days": LAST_DAYS, **_state()}
            return render(request, "journal/entries.html", answer, status=422)
        return reading.kept(request, KEY, form.codes())
    asked = reading.read(request, KEY)
    codes = understood(asked.query)
    search = searched(codes)
    page = services.read(request.actor, search=search, sort=asked.sort, place=asked.place)
    context = {
        **asked.context(page),
        "form": SearchForm(initial=shown(codes, _language())),
        "last_days": LAST_DAYS,
        "narrowed": narrowed_to(search.codes(), _language()) if codes else "",
        "lines": _presented(page.rows),
        **_state(),
    }
    return render(request, "journal/entries.html", context)


@never_cache
@require_GET
@allowed(P.JOURNAL_ENTRY_READ)
def entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    return _entry_page(request, entry_id)


@never_cache
@require_POST
@allowed(P.JOURNAL_LEDGER_VERIFY)
def verify_entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """Prove one entry anew, from its bytes to the signature, and show every step."""
    try:
        verified = proving.verify_entry(request.actor, entry_id, now=clock.now())
    except (proving.NotSealedYet, NoLedgerYet):
        messages.info(request, _("本条正在等待封存，一秒之后再核验。"))
        verified = None
    return _entry_page(request, entry_id, verified)


@require_POST
@allowed(P.JOURNAL_LEDGER_VERIFY)
def proof(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """The proof of one entry as a file, for `shouxin-verify` on any other machine."""
    try:
        made = proving.proof_of(request.actor, entry_id)
    except (proving.NotSealedYet, NoLedgerYet):
        messages.info(request, _("本条正在等待封存，一秒之后再下载。"))
        return redirect("journal:entry", entry_id)
    except LedgerError:
        messages.error(request, _("存储的哈希树证明不了本条，所以没有可下载的证明。请检验全部日志。"))
        return redirect("journal:checks")
    return _file(made.text(), f"journal-{made.index}{SUFFIX}")


@require_GET
@allowed(P.JOURNAL_ENTRY_READ)
def key(_request: StaffRequest) -> HttpResponse:
    """The public key of the ledger, for whoever verifies elsewhere."""
    try:
        return _file(f"{public_key()}\n", "ledger.pub")
    except NoLedgerYet:
        raise Http404 from None


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.JOURNAL_ENTRY_READ)
def checks(request: StaffRequest) -> HttpResponse:
    """Checks of the whole ledger: ask for one, see how far it is, and what earlier ones found."""
    if request.method == "POST":
        request.actor.require(P.JOURNAL_LEDGER_VERIFY)
        try:
            checking.ask(request.actor, now=clock.now())
            messages.success(request, _("检验已在后台开始；可以离开本页，结果会留在这里。"))
        except checking.CheckRunning:
            messages.info(request, _("已有一次检验正在进行，它的结果同样有效。"))
        except NoLedgerYet:
            messages.info(request, _("还没有封存任何条目，没有可检验的。"))
        return redirect("journal:checks")
    rows = checking.latest(request.actor)
    known = naming.who_is((row.asked_by for row in rows), _language())
    context = {
        "checks": [check_shown(row, known[row.asked_by], _language()) for row in rows],
        "going": any(row.finished_at is None for row in rows),
        "may_verify": request.actor.may(P.JOURNAL_LEDGER_VERIFY),
        **_state(),
    }
    return render(request, "journal/checks.html", context)


def _entry_page(
    request: StaffRequest, entry_id: UUID, verified: proving.Verified | None = None
) -> HttpResponse:
    line = services.open_entry(request.actor, entry=entry_id)
    if line is None:
        raise Http404
    try:
        inclusion, broken = queries.inclusion(entry_id), False
    except LedgerError:
        inclusion, broken = None, True
    context = {
        "line": _presented([line])[0],
        "data": json.dumps(line.data, ensure_ascii=False, indent=2, default=str) if line.data else "—",
        "bytes": proving.bytes_of(request.actor, entry_id),
        "proof": inclusion,
        "broken": broken,
        "verified": verified,
        "steps": step_lines(verified) if verified else [],
        "may_verify": request.actor.may(P.JOURNAL_LEDGER_VERIFY),
    }
    return render(request, "journal/entry.html", context)


def _state() -> dict[str, Any]:
    sealing = queries.sealing()
    late = bool(sealing.waiting) and bool(sealing.at) and clock.now() - sealing.at > timedelta(minutes=1)  # type: ignore[operator]
    return {"sealing": sealing, "late": late}


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=TEXT)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
