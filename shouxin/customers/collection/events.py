"""What happens when information is collected, as the journal tells it."""

from uuid import UUID

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.collection.models import CollectionPlan, Door, StopCause
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "submission.stored",
        "收到填写的表单“{collection_form}”第 {number} 版，渠道 {channel}，收集计划 {collection_plan}",
        "Received the form “{collection_form}”, version {number}, channel {channel}, plan {collection_plan}",
    ),
    (
        "form.undeclared",
        "表单“{collection_form}”收到没有声明的字段，整份拒绝：{door}当天第 {count} 次",
        "“{collection_form}” was sent undeclared fields and refused as a whole: {door}, number {count} of the day",
    ),
    ("plan.drafted", "起草收集计划“{collection_plan}”", "Drafted the collection plan “{collection_plan}”"),
    ("plan.edited", "修改收集计划“{collection_plan}”", "Edited the collection plan “{collection_plan}”"),
    (
        "plan.submitted",
        "提交收集计划“{collection_plan}”审批",
        "Submitted the collection plan “{collection_plan}”",
    ),
    ("plan.returned", "退回收集计划“{collection_plan}”", "Returned the collection plan “{collection_plan}”"),
    (
        "plan.approved",
        "批准收集计划“{collection_plan}”，上限 {maximum} 人",
        "Approved the collection plan “{collection_plan}”, at most {maximum} people",
    ),
    (
        "plan.stopped",
        "收集计划“{collection_plan}”停止：{stop_cause}，已收集 {people} 人，上限 {maximum} 人",
        "The collection plan “{collection_plan}” stopped: {stop_cause}, {people} of at most {maximum} people",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def title_of(value: object, _language: str) -> str:
    """A plan by its name."""
    try:
        found = CollectionPlan.objects.filter(id=UUID(str(value))).values_list("title", flat=True).first()
    except ValueError:
        found = None
    return found or str(value)


def cause_of(value: object, language: str) -> str:
    """Why a plan stopped, in words."""
    with override(language):
        return str(StopCause(value).label) if value in StopCause.values else str(value)


def door_of(value: object, language: str) -> str:
    """By which way something came, in words."""
    with override(language):
        return str(Door(value).label) if value in Door.values else str(value)


words.register("collection_plan", title_of)
words.register("stop_cause", cause_of)
words.register("door", door_of)
