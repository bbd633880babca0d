"""Duties end with whoever moves, and are shown beforehand; who leaves must have handed them over (people.services)."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.people.duties import queries, services
from shouxin.people.leaving.ties import Cause, Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    held = queries.in_force(going.at).filter(holder_id=going.staff).order_by("department__name", "step")
    if going.cause is not Cause.MOVED or not held:
        return []
    zh = "、".join(f"{duty.department.name}·{duty.name.zh}" for duty in held)
    en = ", ".join(f"{duty.department.name} · {duty.name.en}" for duty in held)
    return [
        Text(
            f"职责结束，尚无人接任：{zh}。请部门负责人或个人信息保护负责人先在“职责”页移交；"
            "否则列为差异，直到指定责任人。",
            f"Duties end and nobody takes over yet: {en}. The head or the officer hands them over under “Duties” "
            "first; otherwise each is a finding until somebody is appointed.",
        )
    ]


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    if going.cause is Cause.MOVED:
        return {"duties": services.vacate(actor=actor, staff_id=going.staff, now=going.at)}
    services.release_deputy(actor=actor, staff_id=going.staff, now=going.at)
    return {}


ties.register("duties", Tie(foresee, cut))
