"""What notices leave in the journal: what a person or an administrator chose. Sending itself leaves its own records."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.notices.models import Channel, RobotHost

for _name, _zh, _en in (
    (
        "notice.settings_changed",
        "修改了自己的通知设置，变动 {kinds} 类通知",
        "Changed their own notice settings, for {kinds} kinds of notices",
    ),
    (
        "notice.address_set",
        "登记了自己接收通知的地址：{notice_channel}",
        "Entered an address of their own for notices: {notice_channel}",
    ),
    (
        "notice.address_confirmed",
        "确认了自己接收通知的地址：{notice_channel}",
        "Confirmed their own address for notices: {notice_channel}",
    ),
    (
        "notice.address_removed",
        "删除了自己接收通知的地址：{notice_channel}",
        "Removed their own address for notices: {notice_channel}",
    ),
    (
        "notice.host_allowed",
        "允许向一个群机器人主机发送通知：{notice_host}",
        "Allowed notices to be sent to a host of chat robots: {notice_host}",
    ),
    (
        "notice.host_ended",
        "不再允许向群机器人主机发送通知：{notice_host}，同时删除了登记在其上的 {count} 个地址",
        "No longer allows notices to a host of chat robots: {notice_host}; {count} addresses there were removed",
    ),
    ("notice.tidied", "删除了到期的通知记录 {count} 条", "Deleted {count} notices past their time"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def channel_name(value: object, language: str) -> str:
    """The way of telling in words; an unknown code is shown as it stands."""
    with override(language):
        return str(Channel(str(value)).label) if value in Channel.values else str(value)


words.register("notice_channel", channel_name)


def host_name(value: object, _language: str) -> str:
    """The host's name, which stands in its own table."""
    found = RobotHost.objects.filter(id=str(value)).values_list("host", flat=True).first()
    return found or str(value)


words.register("notice_host", host_name)
