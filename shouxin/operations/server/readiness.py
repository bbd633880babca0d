"""Can the product be used? The database, its migrations, the sealer, and what rooms signed up in kit.health."""

from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from psycopg_pool import PoolTimeout

from shouxin.core.text import Text
from shouxin.kit.health import checks
from shouxin.operations.server.folder import NEEDED_BYTES, lack_of_space

SEALING_SECONDS = 5  # an entry is normally sealed within one
UNSEALED = """
    SELECT count(*) FROM (SELECT id, at FROM journal_entry ORDER BY id DESC LIMIT 50) AS newest
    WHERE at < now() - make_interval(secs => %s)
      AND NOT EXISTS (SELECT 1 FROM journal_leaf WHERE entry_id = newest.id)
"""
log = structlog.get_logger(__name__)


def obstacles() -> list[tuple[str, Text]]:
    """Everything that stands in the way, as (code, sentence); empty when the product can be used."""
    found = _ask({"disk": _disk, "database": _database})
    if any(code == "database" for code, _text in found):
        return found  # nothing else can be asked
    return found + _ask(
        {"migrations": _migrations, "sealer": _sealer, **{name: checks[name] for name in checks}}
    )


def _ask(everything: dict[str, Callable[[], Text | None]]) -> list[tuple[str, Text]]:
    results = {name: _try(name, check) for name, check in everything.items()}
    return [(name, text) for name, text in results.items() if text is not None]


def _try(name: str, check: Callable[[], Text | None]) -> Text | None:
    try:
        return check()
    except (DatabaseError, PoolTimeout):
        return Text(zh="数据库没有应答。", en="The database does not answer.")
    except Exception:
        log.exception("a health check failed", check=name)
        return Text(
            zh=f"检查「{name}」本身出错，详见日志。", en=f"The check {name} itself failed; see the log."
        )


def _database() -> Text | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def _disk() -> Text | None:
    problem = lack_of_space(settings.DATA, NEEDED_BYTES)
    return problem.text if problem else None


def _migrations() -> Text | None:
    missing, unknown = migration_state()
    if unknown:
        return Text(
            zh="数据文件夹由更新的版本使用过。", en="The data folder has been used by a newer version."
        )
    if missing:
        return Text(zh="数据库结构尚未更新。", en="The database has not been migrated yet.")
    _remember_migrated()
    return None


@cache
def _remember_migrated() -> None:
    """Once the database has been seen complete, this process need not look again."""


def migration_state(alias: str = "default") -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Migrations that the database lacks, and such as it has but this version does not know."""
    from django.db import connections

    if alias == "default" and _remember_migrated.cache_info().currsize:
        return set(), set()
    loader = MigrationLoader(connections[alias])
    known = set(loader.disk_migrations or {})
    applied = set(loader.applied_migrations)
    replaced = {old for migration in (loader.disk_migrations or {}).values() for old in migration.replaces}
    apps = {app for app, _name in known}
    return known - applied, {key for key in applied - known - replaced if key[0] in apps}


def _sealer() -> Text | None:
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [SEALING_SECONDS])
        row = cursor.fetchone()
    if row and row[0]:
        return Text(
            zh="日志封存进程没有工作：最近的记录未在数秒内封存。",
            en="The journal's sealer is not working: recent entries were not sealed within seconds.",
        )
    return None
