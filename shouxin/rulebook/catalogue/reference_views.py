"""Screens of what the rulebook rests on: the rule pack in force, the legal register, bases, retention, masks."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.people.doors import StaffRequest, allowed
from shouxin.rulebook.catalogue import pack, queries, services
from shouxin.rulebook.showing import examples, names_behind

PER_PAGE = 50


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def rule_pack(request: StaffRequest) -> HttpResponse:
    loaded = list(queries.packs(request.actor))
    context = {
        "packs": loaded,
        "names": names_behind(row.loaded_by for row in loaded),
        "delivered": queries.delivered_pack(),
        "differing": queries.differing(request.actor),
        "may_load": request.actor.may(Permission.RULEBOOK_FIELD_WRITE),
    }
    return render(request, "rulebook/pack.html", context)


@require_POST
@allowed(Permission.RULEBOOK_FIELD_WRITE)
def load_pack(request: StaffRequest) -> HttpResponse:
    """Bring in the delivered pack; the one already in force changes nothing, an altered one is refused."""
    try:
        done = services.load_pack(request.actor)
    except pack.PackBroken as broken:
        messages.error(
            request,
            _("规则包文件 %(file)s 缺失或与清单不符，没有载入。请重新安装本版本后再试。")
            % {"file": broken.file},
        )
    else:
        said = _("规则包 %(pack)s：新增 %(new)d，更新 %(moved)d，保留本单位的值 %(kept)d。") % {
            "pack": done.pack,
            "new": done.created,
            "moved": done.updated,
            "kept": len(done.kept),
        }
        nothing = _("规则包 %(pack)s 已在使用，没有变化。") % {"pack": done.pack}
        messages.success(request, said if done.created or done.updated else nothing)
    return redirect("rulebook:pack")


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def law_register(request: StaffRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("instrument", "mark", "words")}
    found = queries.articles(request.actor, **asked)
    context = {"asked": asked, "instruments": queries.instruments(request.actor), "marks": queries.MARKS}
    return _listed(request, "rulebook/law.html", found, context)


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def legal_bases(request: StaffRequest) -> HttpResponse:
    return _listed(request, "rulebook/bases.html", queries.bases(request.actor), {})


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def retention_rules(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("words", "").strip()
    return _listed(
        request,
        "rulebook/retention.html",
        queries.retention_rules(request.actor, words=words),
        {"words": words},
    )


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def masking_rules(request: StaffRequest) -> HttpResponse:
    found = list(queries.masking_rules(request.actor))
    return render(request, "rulebook/masks.html", {"rows": [(rule, examples(rule)) for rule in found]})


def _listed(
    request: StaffRequest, template: str, found: QuerySet[Any, Any] | QuerySet[Model], more: dict[str, Any]
) -> HttpResponse:
    kept = request.GET.copy()
    kept.pop("page", None)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, "query": f"{kept.urlencode()}&" if kept else "", **more})
