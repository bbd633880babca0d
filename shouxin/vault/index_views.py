"""The page of the search index: what is searched how, what that reveals, and building it anew."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.crypto.indexes import KINDS, MINIMUM_PLANNED
from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Permission
from shouxin.kit.detail import Mark, Stage, Standing, Verb, stages
from shouxin.kit.queueing import queue_once
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.story import story
from shouxin.vault import fields, index_queries, rebuilding
from shouxin.vault.models import IndexState

P = Permission
MOST_PLANNED = 10**12
STATES = {
    IndexState.BUILDING.value: gettext_lazy("重建中"),
    IndexState.CURRENT.value: gettext_lazy("在用"),
    IndexState.RETIRED.value: gettext_lazy("已停用"),
}
REASONS = {
    "": gettext_lazy("首次建立"),
    "asked": gettext_lazy("人工重建"),
    "suite": gettext_lazy("算法变更"),
}
NEEDED = {
    "suite": gettext_lazy("索引的密钥不属于现在所选的算法套件。"),
    "outgrown": gettext_lazy("客户数已超过规划数的两倍，查找时要多打开一些不相干的记录。"),
    "fields": gettext_lazy("字段目录改变了检索方式，已有数据还没有按新方式建索引。"),
}
KIND_NAMES = {
    "exact": gettext_lazy("精确"),
    "last4": gettext_lazy("后四位"),
    "surname": gettext_lazy("姓氏"),
    "domain": gettext_lazy("邮箱域名"),
    "window2": gettext_lazy("名称中任意两字"),
    "pinyin": gettext_lazy("拼音"),
    "initials": gettext_lazy("拼音首字母"),
    "address": gettext_lazy("地址"),
}
REVEALED = {
    "exact": gettext_lazy("哪些记录可能同值；大量相同的值会显出来，但看不出是什么值。"),
    "last4": gettext_lazy("几乎没有：末四位分布均匀，每组都很大。"),
    "surname": gettext_lazy("常见姓氏的组较大，可按人口比例猜测人群，不能确定个人。"),
    "domain": gettext_lazy("大的邮箱服务商的组较大。"),
    "window2": gettext_lazy(
        "姓名有几个字；哪些记录可能有两字相同。分散在 16 个分区，最常见的组合仍可能被猜到。"
    ),
    "pinyin": gettext_lazy("与“任意两字”相同，读音相同的字算作相同。"),
    "initials": gettext_lazy("几乎没有：同首字母的人很多。"),
    "address": gettext_lazy(
        "哪些记录可能在同一路同一号或同名小区；省、市、区县、乡镇和单独的路名不建索引。"
        "分散在 16 个分区，最大的小区仍可能显出来。"
    ),
}


class RebuildForm(forms.Form):
    planned = forms.IntegerField(
        label=gettext_lazy("规划客户数"),
        required=False,
        min_value=MINIMUM_PLANNED,
        max_value=MOST_PLANNED,
        help_text=gettext_lazy("决定令牌长度。不填：沿用现在的规划数，已超出时按现有客户数。"),
    )


def _standing(status: index_queries.IndexStatus) -> Standing | None:
    """Whether the index serves as it is, is being built anew, or should be."""
    if status.building:
        done = _("%(done)d / 约 %(total)d 个存储组") % {
            "done": status.building.done,
            "total": status.building.total,
        }
        return Standing("info", _("重建中"), done)
    if status.current is None:
        return None
    version = _("第 %(n)d 版") % {"n": status.current.version}
    return Standing("warn", _("建议重建"), version) if status.needed else Standing("ok", _("正常"), version)


def _stages(status: index_queries.IndexStatus) -> list[Stage]:
    """How far the newest version has got: begun, filled, in use, and the one before it emptied."""
    newest = next(iter(status.versions), None)
    if newest is None:
        return []
    path = [
        ("begun", _("建立")),
        ("filled", _("写入已有数据")),
        ("used", _("启用")),
        ("emptied", _("清空旧版")),
    ]
    marks = {"begun": Mark("", newest.since)}
    if status.building:
        return stages(path, at="filled", marks=marks)
    left = any(one.state == IndexState.RETIRED.value and not one.emptied_at for one in status.versions)
    return stages(path, at="emptied", marks=marks, over=not left)


def _verbs(request: StaffRequest, status: index_queries.IndexStatus) -> list[Verb]:
    if status.current is None:
        return []
    if not request.actor.may(P.VAULT_KEY_ROTATE):
        return [Verb(_("重建索引"), why=_("由安全管理员重建。"))]
    if status.building:
        return [Verb(_("重建索引"), why=_("正在重建，完成后才能再次重建。"))]
    return [Verb(_("重建索引"), href="#rebuild", style="primary" if status.needed else "")]


@allowed(P.VAULT_KEY_READ)
def index(request: StaffRequest) -> HttpResponse:
    return _page(request, RebuildForm(label_suffix=""))


@require_POST
@allowed(P.VAULT_KEY_ROTATE)
@fresh_second_factor()
def rebuild(request: StaffRequest) -> HttpResponse:
    """Begin at once, so that writes go into both versions from now on; the rest happens in the background."""
    form = RebuildForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, form)
    rebuilding.begin(actor=request.actor, planned=form.cleaned_data["planned"])
    queue_once(rebuilding.REBUILD, queue=rebuilding.QUEUE)
    messages.success(request, _("重建已开始，在后台进行；期间照常查找和录入，进度见本页。"))
    return redirect("vault:index")


def _page(request: StaffRequest, form: RebuildForm) -> HttpResponse:
    status = index_queries.status(actor=request.actor)
    building, current = status.building, status.current
    context: dict[str, Any] = {
        "page_title": _("密文检索索引"),
        "status": status,
        "standing": _standing(status),
        "stages": _stages(status),
        "verbs": _verbs(request, status),
        "current": current,
        "building": building,
        "suite": suite_of(current.suite).name if current else "",
        "coincidences": f"{status.coincidences:.1f}",
        "versions": [
            (one, STATES[one.state], REASONS.get(one.reason, one.reason)) for one in status.versions
        ],
        "needed": [NEEDED[reason] for reason in status.needed],
        "changed": _names(status.changed),
        "kinds": [
            {
                "name": KIND_NAMES[kind],
                "fields": [(_names([key])[0], count) for key, count in sorted(counts.items())],
                "tokens": sum(counts.values()),
                "revealed": REVEALED[kind],
            }
            for kind in KINDS
            if (counts := status.per_kind.get(kind, {}))
        ],
        "may_rebuild": request.actor.may(P.VAULT_KEY_ROTATE) and building is None and current is not None,
        "form": form,
        "entries": story(request.actor, ["index."]),
    }
    return render(request, "vault/index.html", context, status=422 if form.errors else 200)


def _names(keys: Any) -> list[str]:
    known, language = fields.rules(), get_language() or "zh-hans"
    return [known[key].name.in_(language) if key in known else key for key in keys]
