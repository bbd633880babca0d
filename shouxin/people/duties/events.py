"""What happens to duties, as the journal tells it."""

from uuid import UUID

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.duties.rules import STEPS
from shouxin.people.models import Department

for _name, _zh, _en in (
    (
        "duty.appointed",
        "指定 {staff} 负责 {department} 的“{step}”",
        "Named {staff} to answer for “{step}” in {department}",
    ),
    (
        "duty.ended",
        "免去 {staff} 在 {department} 的“{step}”",
        "Ended the duty of {staff} for “{step}” in {department}",
    ),
    (
        "duty.vacated",
        "{staff} 调离，{department} 的“{step}”尚无人接任",
        "{staff} moved; nobody answers for “{step}” in {department} yet",
    ),
    (
        "duty.deputy_gone",
        "{deputy} 离岗或调离，{department} 的“{step}”不再有代理人",
        "{deputy} left or moved; “{step}” in {department} has no deputy any more",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def step_name(value: object, language: str) -> str:
    """The step in words; an unknown code is shown as it stands."""
    step = STEPS.get(str(value))
    return step.name.in_(language) if step else str(value)


def department_name(value: object, _language: str) -> str:
    """The department by its name; what is no known id is shown as it stands."""
    try:
        key = UUID(str(value))
    except ValueError:
        return str(value)
    return Department.objects.filter(id=key).values_list("name", flat=True).first() or str(value)


words.register("step", step_name)
words.register("department", department_name)
