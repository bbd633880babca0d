"""A view wider than the roles ends with whoever leaves or moves: it was confirmed for their work in one department."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.people.leaving.ties import Going, Tie, ties
from shouxin.people.sights import queries, services


def foresee(going: Going) -> Sequence[Text]:
    if not queries.sees_more(going.staff):
        return []
    return [Text("“全单位（只看脱敏）”的可见范围结束。", "The view of all customers, masked only, ends.")]


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"sights": services.end_wider(actor=actor, staff_id=going.staff, now=going.at)}


ties.register("sights", Tie(foresee, cut))
