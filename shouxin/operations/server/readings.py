"""How the server is doing, part by part, in figures: for the health page and for `shouxin doctor`, the same answers.

A reading never raises: what cannot be asked says so. Each that is not in order says what to do.
"""

import platform
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from psycopg_pool import PoolTimeout

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.text import Text
from shouxin.customers.attachments import scanning
from shouxin.journal import queries as journal
from shouxin.kit import backups, clock, mail
from shouxin.operations.queue import queries as queue
from shouxin.operations.server.folder import NEEDED_BYTES
from shouxin.vault import control
from shouxin.vault.errors import VaultError

GIGABYTE = 1 << 30
LATE_SEALING = timedelta(seconds=10)
LATE_JOBS = timedelta(minutes=15)
OLD_BACKUP = timedelta(days=2)
MOST_DRIFT = timedelta(seconds=2)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """One part: `kind` is ok, warn, bad or muted (not set up); `advice` says what to do."""

    key: str
    title: Text
    kind: str
    value: Text
    advice: Text | None = None


def readings() -> list[Reading]:
    """Every part, in the order in which one would look."""
    return [_try(key, title, look) for key, (title, look) in PARTS.items()]


def _try(key: str, title: Text, look: Callable[[], "Found"]) -> Reading:
    try:
        kind, value, advice = look()
    except (DatabaseError, PoolTimeout):
        kind, value, advice = (
            "bad",
            Text("数据库没有应答", "the database does not answer"),
            Text(
                "查看 logs/postgres.log，确认磁盘未满。",
                "See logs/postgres.log and whether the disk is full.",
            ),
        )
    except Exception:
        log.exception("a reading failed", reading=key)
        kind, value, advice = "bad", Text("无法读取", "cannot be read"), Text("详见日志。", "See the log.")
    return Reading(key, title, kind, value, advice)


Found = tuple[str, Text, Text | None]


def _database() -> Found:
    row = _row(
        "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity),"
        " current_setting('max_connections')::int, current_setting('server_version')"
    )
    size, used, most, number = row
    full = used > most * 0.8
    value = Text(
        f"PostgreSQL {number}，{size / GIGABYTE:.1f} GB，连接 {used} / {most}",
        f"PostgreSQL {number}, {size / GIGABYTE:.1f} GB, {used} of {most} connections",
    )
    advice = Text(
        "连接快用完了：减少网页进程，或调大 max_connections。",
        "Connections run out: fewer web processes, or a higher max_connections.",
    )
    return ("warn", value, advice) if full else ("ok", value, None)


def _disk() -> Found:
    found = shutil.disk_usage(settings.DATA)
    share = found.free / found.total if found.total else 0
    value = Text(
        f"剩余 {found.free / GIGABYTE:.1f} GB，共 {found.total / GIGABYTE:.1f} GB（{share:.0%}）",
        f"{found.free / GIGABYTE:.1f} GB free of {found.total / GIGABYTE:.1f} GB ({share:.0%})",
    )
    advice = Text(
        "清理磁盘，或把数据文件夹移到更大的磁盘。",
        "Make room, or move the data folder to a larger disk.",
    )
    if found.free < NEEDED_BYTES:
        return "bad", value, advice
    return ("warn", value, advice) if share < 0.1 else ("ok", value, None)  # noqa: PLR2004 - a tenth


def _queue() -> Found:
    now = clock.now()
    found = queue.backlog(now)
    value = Text(
        f"执行中 {found.running}，等待 {found.waiting}，失败 {found.failed}",
        f"{found.running} running, {found.waiting} waiting, {found.failed} failed",
    )
    if found.oldest and now - found.oldest > LATE_JOBS:
        return (
            "bad",
            value,
            Text(
                "有工作等了一刻钟以上：确认后台进程在运行，查看 logs/worker.log。",
                "Work has waited for more than a quarter of an hour: is the worker running? See logs/worker.log.",
            ),
        )
    if found.failed:
        return (
            "warn",
            value,
            Text("在「后台工作」里查看原因并重试。", "See the reasons on the page Jobs and retry."),
        )
    return "ok", value, None


def _sealer() -> Found:
    found = journal.sealing()
    at = _moment(found.at)
    value = Text(
        f"已封存 {found.size} 条，等待 {found.waiting} 条，最近 {at.zh}",
        f"{found.size} entries sealed, {found.waiting} waiting, the latest {at.en}",
    )
    late = found.waiting and (found.at is None or clock.now() - found.at > LATE_SEALING)
    advice = Text(
        "封存进程没有工作：查看 logs/sealer.log，运行 shouxin ledger verify。条目不会丢失。",
        "The sealer is not working: see logs/sealer.log and run shouxin ledger verify. No entry is lost.",
    )
    return ("bad", value, advice) if late else ("ok", value, None)


def _keys() -> Found:
    try:
        state = control.provider_state()
    except (VaultError, CryptoError):
        return (
            "bad",
            Text("密钥尚未建立", "no keys yet"),
            Text("启动 shouxin serve。", "Start shouxin serve."),
        )
    if state is None:
        return (
            "bad",
            Text("密钥提供者没有应答", "the key provider does not answer"),
            Text(
                "明文暂时打不开。检查 keys 文件夹或口令文件，见手册「服务器」。",
                "Nothing can be opened. Look at the folder keys or the passphrase file; see the handbook, Server.",
            ),
        )
    return "ok", Text("密钥提供者应答正常", "the key provider answers"), None


def _mail() -> Found:
    if mail.is_configured():
        return "ok", Text("已配置，试连见下", "configured; tried below"), None
    return (
        "muted",
        Text("未配置", "not configured"),
        Text(
            "提醒只在站内显示。设置 SHOUXIN_SMTP 后可以发邮件。",
            "Notices stay in the console. Set SHOUXIN_SMTP to have them mailed.",
        ),
    )


def _clock() -> Found:
    (theirs,) = _row("SELECT clock_timestamp()")
    drift = abs(theirs - datetime.now(UTC))
    seconds = round(drift.total_seconds(), 1)
    value = Text(
        f"{timezone.localtime():%Y-%m-%d %H:%M:%S}，与数据库相差 {seconds} 秒",
        f"{timezone.localtime():%Y-%m-%d %H:%M:%S}, {seconds} seconds from the database's",
    )
    advice = Text("启用时间同步（NTP）。", "Turn on the synchronisation of time (NTP).")
    return ("bad", value, advice) if drift > MOST_DRIFT else ("ok", value, None)


def _backup() -> Found:
    known = [one.at for source in backups.sources.values() for one in source()]
    if not known:
        return (
            "warn",
            Text("没有登记的备份", "no backup is registered"),
            Text(
                "本版本不自动备份：请停止服务后复制整个数据文件夹，密钥另存。见手册「服务器」。",
                "None are made by themselves: stop the server, copy the data folder, keep the keys apart. See Server.",
            ),
        )
    latest = max(known)
    old = clock.now() - latest > OLD_BACKUP
    advice = Text("备份太旧：立即备份一次。", "The backup is old: make one now.")
    return ("bad", _moment(latest), advice) if old else ("ok", _moment(latest), None)


def _scanner() -> Found:
    if scanning.is_configured():
        return "ok", Text("已配置，试连见下", "configured; tried below"), None
    return (
        "muted",
        Text("未配置", "not configured"),
        Text(
            "附件只检查格式，不查病毒。设置 SHOUXIN_CLAMAV 后由 ClamAV 扫描。",
            "Attachments are checked for their form, not for viruses. Set SHOUXIN_CLAMAV to have them scanned.",
        ),
    )


def _versions() -> Found:
    said = f"Shouxin {_version()}，Python {platform.python_version()}，Django {django.get_version()}"
    return "ok", Text(said, said.replace("，", ", ")), None


def _version() -> str:
    """The version of this clone, which is how the product is installed."""
    project = Path(__file__).resolve().parents[3] / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def _row(query: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return tuple(cursor.fetchone())


def _moment(at: datetime | None) -> Text:
    if at is None:
        return Text("—", "—")
    said = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return Text(said, said)


KIND_NAMES = {
    "ok": Text("正常", "in order"),
    "warn": Text("留意", "look at it"),
    "bad": Text("须处理", "act now"),
    "muted": Text("未启用", "not in use"),
}
PARTS: dict[str, tuple[Text, Callable[[], Found]]] = {
    "database": (Text("数据库", "Database"), _database),
    "disk": (Text("磁盘", "Disk"), _disk),
    "queue": (Text("后台工作", "Jobs"), _queue),
    "sealer": (Text("日志封存", "Sealing of the journal"), _sealer),
    "keys": (Text("密钥", "Keys"), _keys),
    "clock": (Text("时钟", "Clock"), _clock),
    "backup": (Text("备份", "Backup"), _backup),
    "mail": (Text("邮件", "Mail"), _mail),
    "scanner": (Text("病毒扫描", "Virus scanner"), _scanner),
    "versions": (Text("版本", "Versions"), _versions),
}
