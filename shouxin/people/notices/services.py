"""What people choose about their notices: how, where and when they are told; reading them; testing a way."""

import hmac
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.kit import ids, mail, outward, sealing
from shouxin.people.models import Staff
from shouxin.people.notices import choosing, posting, rules, secrets, wording
from shouxin.people.notices.choosing import Ways
from shouxin.people.notices.kinds import kinds
from shouxin.people.notices.models import Address, Channel, Choice, Delivery, Notice, Preference, RobotHost
from shouxin.people.problems import PeopleError
from shouxin.people.thresholds.queries import value

KEEPER = service_actor("notices")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How somebody wants to be told: `quiet` and `digest_hour` are None for never."""

    language: str
    quiet: tuple[time, time] | None
    digest_hour: int | None
    ways: Mapping[str, Ways]


@transaction.atomic
def choose(*, actor: Actor, wanted: Wanted, now: datetime) -> None:
    """Keep one's own settings; what is urgent stands in the console whatever was chosen."""
    if wanted.language not in dict(settings.LANGUAGES):
        raise PeopleError("notice_settings", Text("请从列表中选择。", "Choose from the lists."))
    if set(wanted.ways) - set(kinds):
        raise PeopleError("notice_kind", Text("没有这类通知。", "There is no such kind of notices."))
    Staff.objects.select_for_update().get(id=actor.id)
    Preference.objects.update_or_create(
        staff_id=actor.id,
        defaults={
            "language": wanted.language,
            "quiet_from": wanted.quiet[0] if wanted.quiet else None,
            "quiet_until": wanted.quiet[1] if wanted.quiet else None,
            "digest_hour": wanted.digest_hour,
            "changed_at": now,
        },
    )
    changed, before = 0, choosing.all_ways(actor.id)
    for key, ways in wanted.ways.items():
        kind = kinds[key]
        kept = Ways(ways.shown or kind.urgent, ways.mail, ways.robot)
        if kept == before[key]:
            continue
        changed += 1
        Choice.objects.update_or_create(
            staff_id=actor.id,
            kind=key,
            defaults={"shown": kept.shown, "mail": kept.mail, "robot": kept.robot},
        )
    journal.append(actor=actor, event="notice.settings_changed", data={"kinds": changed})


@transaction.atomic
def set_mail(*, actor: Actor, address: str, now: datetime) -> None:
    """Enter the mailbox one wants to be told at; it counts once the code sent there was typed in."""
    if not mail.is_configured():
        raise PeopleError(
            "mail_not_configured",
            Text(
                "系统没有配置邮件服务器，暂不能用邮件接收。请联系系统管理员。",
                "No mail server is configured, so nothing can be sent by mail. Ask the system administrator.",
            ),
        )
    row = _own(actor, Channel.MAIL)
    _by_hand(row, now)
    code = f"{random.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    row.sealed = _sealed(row, address.strip())
    row.made_at, row.confirmed_at, row.failures, row.outcome, row.failed_at = now, None, 0, "", None
    row.code_digest, row.code_until, row.code_tries = _digest(row, code), now + rules.CODE_LASTS, 0
    row.save()
    journal.append(actor=actor, event="notice.address_set", data={"notice_channel": Channel.MAIL.value})
    language = choosing.wish_of(actor.id).language
    minutes = int(rules.CODE_LASTS.total_seconds() // 60)
    said = wording.CODE.filled(code=code, minutes=minutes).in_(language)
    _hand_over(row, wording.CODE_SUBJECT.in_(language), f"{said}\n")


def confirm_mail(*, actor: Actor, code: str, now: datetime) -> None:
    """Type in the code that was sent; a few wrong ones end it."""
    with transaction.atomic():  # a wrong try must count, so nothing is raised inside
        row = Address.objects.select_for_update().filter(staff_id=actor.id, channel=Channel.MAIL).first()
        problem = _try(actor, row, code.strip(), now)
    if problem:
        raise problem


def _try(actor: Actor, row: Address | None, code: str, now: datetime) -> PeopleError | None:
    if row is None or row.code_digest is None or row.code_until is None or row.code_until <= now:
        return PeopleError(
            "code_over", Text("没有有效的验证码，请重新发送。", "No code is valid now; have one sent again.")
        )
    if not hmac.compare_digest(bytes(row.code_digest), _digest(row, code)):
        row.code_tries += 1
        row.code_digest = None if row.code_tries >= rules.CODE_TRIES else row.code_digest
        row.save(update_fields=["code_tries", "code_digest"])
        return PeopleError(
            "code_wrong",
            Text(
                f"验证码不正确。连续输错 {rules.CODE_TRIES} 次须重新发送。",
                f"The code is wrong. After {rules.CODE_TRIES} wrong ones have another sent.",
            ),
        )
    row.code_digest, row.code_until, row.confirmed_at = None, None, now
    row.save(update_fields=["code_digest", "code_until", "confirmed_at"])
    journal.append(actor=actor, event="notice.address_confirmed", data={"notice_channel": Channel.MAIL.value})
    return None


@transaction.atomic
def set_robot(*, actor: Actor, url: str, now: datetime) -> None:
    """Enter a chat robot's address; its host must be one that a system administrator allowed."""
    url = url.strip()
    host = _host_of(url)
    if host is None:
        raise PeopleError(
            "robot_host",
            Text(
                "该主机没有被允许。可用的主机见页面；需要其他主机请联系系统管理员。",
                "This host is not allowed. The page lists those that are; ask the system administrator for another.",
            ),
        )
    if outward.url_problem(url, host.networks):
        raise PeopleError(
            "robot_url",
            Text("地址须以 https:// 开头且完整。", "The address must be whole and begin with https://."),
        )
    row = _own(actor, Channel.ROBOT)
    row.sealed, row.host = _sealed(row, url), host
    row.made_at = row.confirmed_at = now
    row.failures, row.outcome, row.failed_at = 0, "", None
    row.save()
    journal.append(actor=actor, event="notice.address_set", data={"notice_channel": Channel.ROBOT.value})


@transaction.atomic
def forget(*, actor: Actor, channel: str) -> None:
    """Take one's own address back; nothing more is sent there."""
    gone = Address.objects.filter(staff_id=actor.id, channel=channel).delete()[0]
    if not gone:
        raise PeopleError("no_address", Text("没有登记地址。", "There is no address."))
    journal.append(actor=actor, event="notice.address_removed", data={"notice_channel": channel})


@transaction.atomic
def send_test(*, actor: Actor, channel: str, now: datetime) -> None:
    """Send a test to oneself, to see whether this way works."""
    row = (
        Address.objects.select_for_update(of=("self",))
        .select_related("host")
        .filter(staff_id=actor.id, channel=channel, confirmed_at__isnull=False)
        .first()
    )
    if row is None:
        raise PeopleError("no_address", Text("请先登记并确认地址。", "Enter and confirm an address first."))
    _by_hand(row, now)
    row.save(update_fields=["by_hand", "by_hand_at"])
    language = choosing.wish_of(actor.id).language
    _hand_over(row, wording.TEST_SUBJECT.in_(language), f"{wording.TEST.in_(language)}\n")
    Address.objects.filter(id=row.id).update(failures=0, outcome="", failed_at=None)


@transaction.atomic
def allow_host(*, actor: Actor, host: str, style: str, networks: list[str], now: datetime) -> RobotHost:
    """Allow people to be told by chat robots of a host."""
    actor.require(Permission.PEOPLE_NOTICE_MANAGE)
    host = host.strip().lower()
    probe = f"https://{host}/"
    if style not in RobotHost.Style.values or outward.url_problem(probe, networks):
        raise PeopleError(
            "host_wrong",
            Text("请填主机名，例如 qyapi.weixin.qq.com。", "Enter a host name, such as qyapi.weixin.qq.com."),
        )
    if urlsplit(probe).netloc != host or RobotHost.objects.filter(host=host, ended_at=None).exists():
        raise PeopleError("host_known", Text("已经允许，或不是主机名。", "Allowed already, or no host name."))
    made = RobotHost.objects.create(
        host=host, style=style, networks=networks, allowed_by_id=actor.id, allowed_at=now
    )
    journal.append(actor=actor, event="notice.host_allowed", data={"notice_host": str(made.id)})
    return made


@transaction.atomic
def end_host(*, actor: Actor, host: UUID, now: datetime) -> None:
    """Allow it no more; the addresses there are removed, and their owners see that they have none."""
    actor.require(Permission.PEOPLE_NOTICE_MANAGE)
    row = RobotHost.objects.select_for_update().filter(id=host, ended_at=None).first()
    if row is None:
        raise PeopleError("no_host", Text("没有这个主机，或已停用。", "No such host, or it ended already."))
    row.ended_at, row.ended_by_id = now, actor.id
    row.save(update_fields=["ended_at", "ended_by"])
    gone = Address.objects.filter(host=row).delete()[0]
    journal.append(actor=actor, event="notice.host_ended", data={"notice_host": str(row.id), "count": gone})


def read(*, actor: Actor, notice: UUID, now: datetime) -> Notice | None:
    """Mark one's own notice as read; None when there is none."""
    found = Notice.objects.filter(id=notice, recipient_id=actor.id).first()
    if found is not None and found.read_at is None:
        Notice.objects.filter(id=found.id, read_at__isnull=True).update(read_at=now)
    return found


def read_all(*, actor: Actor, now: datetime) -> int:
    """Mark all of one's own notices as read."""
    return Notice.objects.filter(recipient_id=actor.id, read_at__isnull=True, shown=True).update(read_at=now)


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Delete what is past its time, and the addresses of whoever has left; how many."""
    before = now - timedelta(days=value(rules.KEPT))
    count = Delivery.objects.filter(at__lt=before).exclude(state=Delivery.State.WAITING).delete()[0]
    count += Notice.objects.filter(at__lt=before).delete()[0]
    count += Address.objects.filter(staff__is_active=False).delete()[0]
    if count:
        journal.append(actor=KEEPER, event="notice.tidied", data={"count": count})
    return count


def _own(actor: Actor, channel: Channel) -> Address:
    """The actor's row for this way, locked; a new one where there is none."""
    Staff.objects.select_for_update().get(id=actor.id)
    found = Address.objects.filter(staff_id=actor.id, channel=channel).first()
    return found or Address(id=ids.new(), staff_id=actor.id, channel=channel)


def _by_hand(row: Address, now: datetime) -> None:
    """So often a minute and a day: nobody floods a stranger's mailbox from here."""
    last = row.by_hand_at
    same_day = last is not None and now - last < timedelta(days=1)
    if (last is not None and now - last < rules.BY_HAND_PAUSE) or (
        same_day and row.by_hand >= rules.BY_HAND_MOST
    ):
        raise PeopleError(
            "too_often",
            Text(
                f"刚刚发送过。每分钟一次，每天最多 {rules.BY_HAND_MOST} 次，请稍后再试。",
                f"One was sent just now. Once a minute and {rules.BY_HAND_MOST} times a day at most; try later.",
            ),
        )
    row.by_hand = row.by_hand + 1 if same_day else 1
    row.by_hand_at = now


def _sealed(row: Address, plain: str) -> bytes:
    try:
        return secrets.seal(row, plain)
    except sealing.Unavailable:
        raise PeopleError(
            "no_keys", Text("密钥服务不可用，地址没有保存。", "The keys are away; the address was not kept.")
        ) from None


def _hand_over(row: Address, subject: str, text: str) -> None:
    try:
        posting.hand_over(row, subject=subject, body=text, key=str(ids.new()))
    except posting.NotDelivered as problem:
        why = rules.OUTCOMES[problem.code]
        raise PeopleError(
            "not_delivered", Text(f"没有送达：{why.zh}。", f"It did not arrive: {why.en}.")
        ) from None


def _host_of(url: str) -> RobotHost | None:
    try:
        wanted = urlsplit(url).netloc.lower()
    except ValueError:
        return None
    return RobotHost.objects.filter(host=wanted, ended_at=None).first()


def _digest(row: Address, code: str) -> bytes:
    """A keyed digest of the code for this very address."""
    key = sha256(b"shouxin-notice-code" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{row.id}\0{code}\0".encode() + bytes(row.sealed), sha256).digest()
