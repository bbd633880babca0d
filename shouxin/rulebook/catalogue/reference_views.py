"""Screens of what the rulebook rests on: the rule pack in force, the legal register, bases, retention, masks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import lists
from shouxin.kit.detail import Standing
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.lists.reading import Asked
from shouxin.people.story import story
from shouxin.rulebook.catalogue import queries, services, upgrade
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.showing import examples, language, mark_name, names_behind, words

LAW, BASES, RETENTION = "law", "bases", "retention"
_BY_CODE = (
    Sort("code", gettext_lazy("按编码"), descending=False),
    Sort("code-back", gettext_lazy("按编码，倒序")),
)
lists.register(
    Listed(
        LAW,
        "rulebook:law",
        ("words", "instrument", "mark"),
        (*_BY_CODE, Sort("instrument", gettext_lazy("按法规或标准"), "instrument", descending=False)),
        (Column("mark", gettext_lazy("核验")),),
        edge=lists.code_or_none,
    )
)
lists.register(
    Listed(
        BASES,
        "rulebook:bases",
        (),
        _BY_CODE,
        (Column("requires", gettext_lazy("使用时须核实")), Column("mark", gettext_lazy("核验"))),
        edge=lists.code_or_none,
    )
)
lists.register(
    Listed(
        RETENTION,
        "rulebook:retention",
        ("words",),
        (Sort("sector", gettext_lazy("按行业"), "sector", descending=False), *_BY_CODE),
        (
            Column("sector", gettext_lazy("行业")),
            Column("start", gettext_lazy("起算")),
            Column("least", gettext_lazy("最短")),
            Column("action", gettext_lazy("到期处置")),
            Column("between", gettext_lazy("目的终止至到期")),
            Column("basis", gettext_lazy("依据")),
            Column("mark", gettext_lazy("核验")),
        ),
        edge=lists.code_or_none,
    )
)
VERDICTS = {
    "added": (gettext_lazy("新增"), "info"),
    "tightened": (gettext_lazy("从严"), "ok"),
    "changed": (gettext_lazy("不影响保护"), "muted"),
    "loosened": (gettext_lazy("会放宽，不采用"), "bad"),
    "kept": (gettext_lazy("保留本单位的值"), "warn"),
}


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def rule_pack(request: StaffRequest) -> HttpResponse:
    loaded = list(queries.packs(request.actor))
    delivered, waiting = queries.delivered_pack(), queries.waiting_pack(request.actor)
    context = {
        "packs": loaded,
        "names": names_behind(row.loaded_by for row in loaded),
        "delivered": delivered,
        "proofs": list(queries.proofs(request.actor)),
        "waiting": waiting,
        "differing": queries.differing(request.actor),
        "may_load": request.actor.may(Permission.RULEBOOK_FIELD_WRITE),
        "standing": _pack_standing(delivered, waiting),
        "entries": story(request.actor, ["pack."]),
    }
    return render(request, "rulebook/pack.html", context)


def _pack_standing(delivered: queries.DeliveredPack, waiting: object) -> Standing:
    if delivered.broken:
        return Standing("bad", _("随附文件不完整"), _("已在使用的不受影响"))
    if waiting:
        return Standing("warn", _("有新版本待载入"))
    return Standing("ok", _("已是最新"), _("与清单相符"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.RULEBOOK_FIELD_WRITE)
def load_pack(request: StaffRequest) -> HttpResponse:
    """What the delivered pack would change, line by line; confirmed, it is loaded and the proof kept."""
    delivered = queries.delivered_pack()
    if delivered.pack is None:
        messages.error(
            request,
            _("规则包文件 %(file)s 缺失或与清单不符，没有载入。请重新安装本版本后再试。")
            % {"file": delivered.broken},
        )
        return redirect("rulebook:pack")
    if request.method == "POST" and _confirmed(request):
        return redirect("rulebook:pack")
    found = upgrade.preview(delivered.pack)
    context = {
        "delivered": delivered.pack,
        "preview": found,
        "lines": [(line, line.name.in_(language()), *VERDICTS[line.verdict]) for line in found.lines],
        "added": [(line, line.name.in_(language())) for line in found.added],
        "known": queries.packs(request.actor).filter(sha256=delivered.pack.sha256).exists(),
    }
    return render(request, "rulebook/pack_preview.html", context)


def _confirmed(request: StaffRequest) -> bool:
    """Load what was previewed and say what was done; False, said too, where it may not be."""
    try:
        done = services.confirm_pack(request.actor, seen=request.POST.get("seen", ""))
    except Refused as problem:
        messages.error(request, words(problem))
        return False
    said = _("规则包 %(pack)s：新增 %(new)d，更新 %(moved)d，保留本单位的值 %(kept)d。") % {
        "pack": done.pack,
        "new": done.created,
        "moved": done.updated,
        "kept": len(done.kept),
    }
    nothing = _("规则包 %(pack)s 已在使用，没有变化。") % {"pack": done.pack}
    messages.success(request, said if done.created or done.updated else nothing)
    return True


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def pack_proof(request: StaffRequest, proof_id: UUID) -> HttpResponse:
    """That a pack loosened nothing, setting by setting; and whether they still stand as it left them."""
    proof = queries.proofs(request.actor).filter(id=proof_id).first()
    if proof is None:
        raise Http404
    known = queries.fields()
    context = {
        "proof": proof,
        "names": names_behind([proof.by]),
        "rows": [
            (known[key].name.in_(language()) if key in known else key, *rest, *VERDICTS[verdict])
            for key, *rest, verdict in proof.lines
        ],
        "unchanged_since": upgrade.digest(upgrade.effective()) == proof.digest_after,
    }
    return render(request, "rulebook/pack_proof.html", context)


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def law_register(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, LAW)
    found = queries.articles(request.actor, **{one: asked.query.get(one, "") for one in asked.listed.filters})
    every = ("", _("全部"))
    instruments = [every, *queries.instruments(request.actor)]
    marks = [every, *((one, mark_name(one)) for one in queries.MARKS)]
    form = (
        lists.Field("words", _("条文或义务")),
        lists.Field("instrument", _("法规或标准"), instruments),
        lists.Field("mark", _("核验"), marks),
    )
    return _listed(request, "rulebook/law.html", asked, found, form)


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def legal_bases(request: StaffRequest) -> HttpResponse:
    return _listed(request, "rulebook/bases.html", reading.read(request, BASES), queries.bases(request.actor))


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def retention_rules(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, RETENTION)
    found = queries.retention_rules(request.actor, words=asked.query.get("words", ""))
    form = (lists.Field("words", _("编码、名称或依据")),)
    return _listed(request, "rulebook/retention.html", asked, found, form)


@require_GET
@allowed(Permission.RULEBOOK_FIELD_READ)
def masking_rules(request: StaffRequest) -> HttpResponse:
    found = list(queries.masking_rules(request.actor))
    return render(request, "rulebook/masks.html", {"rows": [(rule, examples(rule)) for rule in found]})


def _listed(
    request: StaffRequest,
    template: str,
    asked: Asked,
    found: QuerySet[Any],
    form: Sequence[lists.Field] = (),
) -> HttpResponse:
    page = lists.window(found, asked.sort, asked.place)
    return render(request, template, {**asked.context(page, found, form), "rows": page.rows})
