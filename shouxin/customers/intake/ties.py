"""Imports of whoever leaves or moves stop where they are; only another person goes on with them (takeover.py)."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.customers.intake import takeover
from shouxin.people.leaving.ties import Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    count = takeover.unfinished_of(going.staff).count()
    text = counted(
        count,
        "{n} 个未完成的导入暂停，由归口部门负责人接手。",
        "{n} unfinished import pauses until the owner department's head takes it over.",
        "{n} unfinished imports pause until the owner department's head takes them over.",
    )
    return [text] if count else []


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"batches": takeover.stop_imports(actor=actor, staff=going.staff)}


ties.register("imports", Tie(foresee, cut))
