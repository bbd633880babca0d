"""What happens to API clients, as the journal tells it; programs and staff stand there by pseudonym."""

from django.utils.translation import override

from shouxin.access.clients.models import TurnedAway
from shouxin.core.text import Text
from shouxin.gate.events import field_names
from shouxin.gate.facts import rules
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "api_client.proposed",
        "申请接口客户端：目的 {purposes}，可读 {readable}，明文 {clear}，可写 {writable}",
        "Proposed an API client: {purposes}; readable {readable}; clear {clear}; writable {writable}",
    ),
    (
        "api_client.approved",
        "批准接口客户端并发出令牌：目的 {purposes}，明文 {clear}，可写 {writable}",
        "Approved an API client and issued its token: {purposes}; clear {clear}; writable {writable}",
    ),
    ("api_client.refused", "拒绝接口客户端：目的 {purposes}", "Refused an API client: {purposes}"),
    ("api_client.withdrawn", "撤回接口客户端申请：目的 {purposes}", "Withdrew an API client: {purposes}"),
    (
        "api_client.narrowed",
        "字段改严，接口客户端不再得到明文：{clear}",
        "A field became stricter; an API client no longer sees it clear: {clear}",
    ),
    ("api_client.ended", "终止接口客户端：目的 {purposes}", "Ended an API client: {purposes}"),
    (
        "api_client.rotation_proposed",
        "申请更换接口令牌：并行 {overlap_days} 天",
        "Asked for a new API token: both work for {overlap_days} days",
    ),
    (
        "api_client.rotation_approved",
        "批准更换接口令牌并发出新令牌：并行 {overlap_days} 天",
        "Approved a new API token and issued it: both work for {overlap_days} days",
    ),
    (
        "api_client.addresses_proposed",
        "申请变更接口来源地址：{networks} 条",
        "Asked for another list of addresses of an API client: {networks}",
    ),
    (
        "api_client.addresses_approved",
        "批准变更接口来源地址：{networks} 条",
        "Approved another list of addresses of an API client: {networks}",
    ),
    ("api_client.change_refused", "拒绝接口客户端变更", "Refused a change of an API client"),
    ("api_client.change_withdrawn", "撤回接口客户端变更申请", "Withdrew a change of an API client"),
    ("api_client.token_ended", "提前停用接口令牌", "Ended an API token before its time"),
    ("api_client.turned_away", "接口令牌被拒之门外：{door_cause}", "Turned an API token away: {door_cause}"),
    (
        "api_client.tidied",
        "清除过期的接口记录：应答 {receipts} 条，被拒 {turned_away} 条",
        "Forgot old records of the API: {receipts} answers, {turned_away} refusals",
    ),
    ("api_client.slowed", "接口客户端超出限额：{limit}", "An API client exceeded its limit: {limit}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def purpose_names(value: object, language: str) -> str:
    """Purposes by their names."""
    keys = value if isinstance(value, list) else [value]
    known = [(str(key), rules["rulebook"].purpose(str(key))) for key in keys]
    separator = ", " if language.startswith("en") else "、"
    return separator.join(rule.name.in_(language) if rule else key for key, rule in known)


def cause_name(value: object, language: str) -> str:
    """Why a token was turned away, in words."""
    with override(language):
        return str(TurnedAway.Cause(value).label) if value in TurnedAway.Cause.values else str(value)


words.register("purposes", purpose_names)
words.register("door_cause", cause_name)
for _key in ("readable", "clear", "writable"):
    words.register(_key, field_names)
