"""The page of what became of an import: how far it has got, who decided, what can be done with it now."""

from django.urls import reverse
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.customers.intake import takeover
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.intake.rules import may_accept, may_confirm
from shouxin.customers.registry.models import Source
from shouxin.kit.detail import Mark, Stage, Verb, stages
from shouxin.people.story import mark

S = BatchState
CHECKED = frozenset({S.CHECKED, S.RUNNING, S.PAUSED, S.FAILED, S.DONE})


def stages_of(batch: ImportBatch) -> list[Stage]:
    """From the upload to the word of those who must agree."""
    outside = batch.source == Source.EXTERNAL
    path = [
        ("uploaded", _("上传")),
        ("checked", _("检查")),
        ("imported", _("导入")),
        *([("accepted", _("核准来源"))] if outside else []),
        ("confirmed", _("部门确认")),
    ]
    marks = {
        "uploaded": mark(batch.operator, batch.uploaded_at),
        "imported": Mark("", batch.finished_at),
        "accepted": mark(batch.accepted_by, None),
        "confirmed": mark(batch.decided_by, batch.decided_at),
    }
    if batch.state == S.CANCELLED:
        return stages(path, at="checked", marks=marks, stopped=_("已放弃"))
    if batch.state != S.DONE:
        return stages(path, at="imported" if batch.state in CHECKED else "checked", marks=marks)
    if batch.standing == Standing.REJECTED:
        at = "confirmed" if batch.accepted_by_id or not outside else "accepted"
        marks[at] = mark(batch.decided_by, batch.decided_at)
        return stages(path, at=at, marks=marks, stopped=_("已驳回"))
    at = "accepted" if batch.standing == Standing.QUARANTINED else "confirmed"
    return stages(path, at=at, marks=marks, over=batch.standing == Standing.CONFIRMED)


def verbs(actor: Actor, batch: ImportBatch) -> list[Verb]:
    """What this person does next with the batch, or why somebody else has to."""
    mine = batch.operator_id == actor.id
    found = _decision(actor, batch, mine=mine)
    if batch.state == S.DONE and batch.standing != Standing.REJECTED:
        report = reverse("customers:import_report", args=[batch.id])
        found.append(Verb(_("首日体检报告"), href=report, style="primary" if mine else ""))
    if batch.state == S.DONE and mine:
        found.append(Verb(_("再导入一份"), href=reverse("customers:intake_new")))
    if takeover.may_take_over(actor, batch):
        found.append(
            Verb(
                _("接手"),
                post=reverse("customers:import_take_over", args=[batch.id]),
                style="primary",
                confirm=_("接手后由您继续这个导入，之后的内容以您的名义入库。继续？"),
            )
        )
    return found


def _decision(actor: Actor, batch: ImportBatch, *, mine: bool) -> list[Verb]:
    if batch.state != S.DONE:
        return []
    decide, standing = reverse("customers:import_decide", args=[batch.id]), batch.standing
    if standing == Standing.QUARANTINED:
        if may_accept(actor, operator=batch.operator_id, standing=standing):
            return [Verb(_("核准来源"), href=decide, style="primary")]
        why = _("您上传的须由另一人核准。") if mine else _("由部门负责人或个人信息保护负责人核准来源。")
        return [Verb(_("核准来源"), why=why)]
    if standing == Standing.UNCONFIRMED:
        department = batch.department_id
        if may_confirm(actor, operator=batch.operator_id, department=department, standing=standing):
            return [Verb(_("确认或驳回"), href=decide, style="primary")]
        why = _("由归口部门的负责人确认；负责人自己上传的，由个人信息保护负责人确认。")
        return [Verb(_("确认或驳回"), why=why)]
    return []
