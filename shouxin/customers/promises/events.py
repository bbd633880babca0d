"""What needs and promises leave in the journal: kinds, days and reasons, never what was said."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.promises.models import Kind, Why
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "promise.made",
        "登记{promised}，{due} 前办理，承办人 {staff}",
        "Noted a {promised}, due {due}, for {staff}",
    ),
    ("promise.kept", "兑现{promised}（期限 {due}）", "Kept a {promised} (due {due})"),
    ("promise.dropped", "取消{promised}：{why}", "Dropped a {promised}: {why}"),
    ("promise.moved", "{promised}改期：{before} 改为 {due}", "Moved a {promised} from {before} to {due}"),
    (
        "promise.passed",
        "{promised}随客户转交：{staff} 交给 {successor}（期限 {due}）",
        "A {promised} went with the customer from {staff} to {successor} (due {due})",
    ),
    (
        "promise.given",
        "{promised}改由 {successor} 承办，原承办人 {staff}（期限 {due}）",
        "A {promised} was given by {staff} to {successor} (due {due})",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def kind_name(value: object, language: str) -> str:
    with override(language):
        name = str(Kind(value).label) if value in Kind.values else str(value)
    return name.lower() if language.startswith("en") else name


def why_name(value: object, language: str) -> str:
    with override(language):
        return str(Why(value).label) if value in Why.values else str(value)


words.register("promised", kind_name)
words.register("why", why_name)
