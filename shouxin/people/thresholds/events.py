"""What changes of thresholds leave in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.thresholds.rules import thresholds

for _name, _zh, _en in (
    (
        "threshold.asked",
        "申请将“{threshold}”由 {before} 改为 {value}",
        "Asked to change “{threshold}” from {before} to {value}",
    ),
    (
        "threshold.confirmed",
        "“{threshold}”由 {before} 改为 {value}，生效",
        "Changed “{threshold}” from {before} to {value}",
    ),
    (
        "threshold.refused",
        "没有同意将“{threshold}”改为 {value}",
        "Refused to change “{threshold}” to {value}",
    ),
    (
        "threshold.withdrawn",
        "撤回将“{threshold}”改为 {value} 的申请",
        "Took back the wish for “{threshold}” of {value}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def threshold_name(value: object, language: str) -> str:
    """The threshold in words; an unknown code is shown as it stands."""
    known = thresholds.get(str(value))
    return known.name.in_(language) if known else str(value)


words.register("threshold", threshold_name)
