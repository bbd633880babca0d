"""What happens to API clients, as the journal tells it; programs and staff stand there by pseudonym."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

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
    ("api_client.ended", "终止接口客户端：目的 {purposes}", "Ended an API client: {purposes}"),
    ("api_client.turned_away", "接口令牌被拒之门外：{cause}", "Turned an API token away: {cause}"),
    ("api_client.slowed", "接口客户端超出限额：{limit}", "An API client exceeded its limit: {limit}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
