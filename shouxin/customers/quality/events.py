"""What data quality leaves in the journal."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.quality.models import Later, OfferState
from shouxin.customers.quality.rules import METHODS
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "value.verified",
        "核实 {fields}：{verified_how}，目的 {purpose}",
        "Verified {fields} ({verified_how}), purpose {purpose}",
    ),
    ("value.asked_for", "列入待更新", "Put on the refresh list"),
    (
        "value.put_off",
        "暂缓核实，到 {until}：{later}",
        "Put verification off until {until}: {later}",
    ),
    (
        "code.sent",
        "向登记的邮箱发送验证码：{fields}，目的 {purpose}",
        "Sent a code to the mail address on file: {fields}, purpose {purpose}",
    ),
    ("supply.entered", "登记供应合同，目的 {purpose}", "Entered a supply contract, purpose {purpose}"),
    (
        "supply.ended",
        "终止供应合同，须移除 {count} 项",
        "Ended a supply contract, {count} values to take out",
    ),
    (
        "supply.removal_begun",
        "开始移除供应合同的内容：{count} 项",
        "Began to take out what came under a supply contract: {count} values",
    ),
    (
        "supply.removed",
        "供应合同结束，移除 {fields}",
        "A supply contract is over, taken out: {fields}",
    ),
    ("code.not_taken", "验证码没有交出", "A code was not handed over"),
    (
        "code.held_back",
        "没有发送验证码（{fields}）：{held_back}",
        "Sent no code ({fields}): {held_back}",
    ),
    ("code.wrong", "验证码不符：{fields}，第 {tries} 次", "A wrong code for {fields}, try {tries}"),
    (
        "external.offered",
        "外部提供的值待审核：{fields}，目的 {purpose}",
        "Values from outside wait for review: {fields}, purpose {purpose}",
    ),
    (
        "external.decided",
        "审核外部提供的值 {fields}：{reviewed}",
        "Reviewed a value from outside, {fields}: {reviewed}",
    ),
    (
        "external.dropped",
        "来源被驳回或供应合同结束，外部提供的值不再待审核：{count} 项",
        "The source was rejected, or its contract is over: {count} values from outside no longer wait",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def method_name(value: object, language: str) -> str:
    known = METHODS.get(str(value))
    return known.name.in_(language) if known else str(value)


def later_name(value: object, language: str) -> str:
    with override(language):
        return str(Later(value).label) if value in Later.values else str(value)


def outcome_name(value: object, language: str) -> str:
    with override(language):
        return str(OfferState(value).label) if value in OfferState.values else str(value)


words.register("verified_how", method_name)
words.register("later", later_name)
words.register("reviewed", outcome_name)
