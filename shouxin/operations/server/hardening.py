"""What `shouxin doctor` looks at beside health: who can read the folder and the keys, certificate, database, clock.

Each look gives (code, sentence) for what it found wrong, and nothing when all is well.
"""

import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.kit.health import remarks
from shouxin.operations.server import certificates, environment, outside
from shouxin.operations.server.folder import FOLDERS
from shouxin.operations.server.problems import ServerProblem
from shouxin.vault import keyring, queries

Finding = tuple[str, Text]
MOST_DRIFT = timedelta(seconds=5)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def findings(*, database: bool = True) -> list[Finding]:
    """Everything that is not as it should be; without `database` only what needs none."""
    looks: list[Callable[[], Iterator[Finding]]] = [_folders, _key_files, _certificate]
    if database:
        looks += [_database, _clock, _root_keys, _remarks]
    found: list[Finding] = []
    for look in looks:
        try:
            found += look()
        except (DatabaseError, PoolTimeout):
            continue  # that the database does not answer is said elsewhere
    return found


def _remarks() -> Iterator[Finding]:
    for name in remarks:
        if (text := remarks[name]()) is not None:
            yield (name, text)


def _open_to_others(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)
    except FileNotFoundError:
        return False


def _folders() -> Iterator[Finding]:
    data: Path = settings.DATA
    for path in [data, *(data / name for name in (*FOLDERS, "postgres"))]:
        if _open_to_others(path):
            yield (
                "folder-open",
                Text(
                    f"文件夹 {path} 对其他系统用户开放，请执行 chmod 700 {path}。",
                    f"Other users of the system can enter {path}; run chmod 700 {path}.",
                ),
            )


def _key_files() -> Iterator[Finding]:
    kept = sorted((settings.DATA / "keys").glob("*"))
    paths = [path for path in kept if path.is_file() and path.suffix != ".pub"]
    paths.append(settings.DATA / "run" / "database.json")
    paths += keyring.passphrase_files()
    if (pair := environment.certificate()) is not None:
        paths.append(pair[1])
    for path in paths:
        if _open_to_others(path):
            yield (
                "key-file-open",
                Text(
                    f"密钥文件 {path} 可被其他系统用户读取，请执行 chmod 600 {path}，并考虑更换密钥。",
                    f"Other users of the system can read the key file {path}; run chmod 600 {path} "
                    "and consider replacing the key.",
                ),
            )


def _certificate() -> Iterator[Finding]:
    pair = environment.certificate()
    if pair is None:
        return
    now = clock.now()
    try:
        found = certificates.check(pair, hosts=environment.named_hosts(), now=now)
    except ServerProblem as problem:
        yield problem.code, problem.text
        return
    if (warning := found.warning(now)) is not None:
        yield "certificate-ends-soon", warning


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version'),"
            " (SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user),"
            " EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relowner = current_user::regrole)"
        )
        major, version, mighty, owns = cursor.fetchone()
    if major < outside.OLDEST:
        yield "database-too-old", outside.too_old(version).text
    if outside.leaves_machine() and not outside.ask("default").encrypted:
        yield (
            "database-in-clear",
            Text(
                f"与数据库 {outside.target()} 的连接未加密。请在 DATABASE_URL 中使用 sslmode=verify-full。",
                f"The connection to the database {outside.target()} is not encrypted; "
                "use sslmode=verify-full in DATABASE_URL.",
            ),
        )
    if mighty or owns:
        yield (
            "database-role-too-mighty",
            Text(
                "应用使用的数据库账号是表的所有者或管理账号，日志因此失去保护。"
                "请让 DATABASE_URL 与 DATABASE_OWNER_URL 使用不同账号。",
                "The application's database log-in owns tables or administers the server, so the journal is "
                "unprotected. Use different log-ins in DATABASE_URL and DATABASE_OWNER_URL.",
            ),
        )


def _root_keys() -> Iterator[Finding]:
    if queries.root_key_work() == "rotation":
        yield (
            "root-key-rotation-unfinished",
            Text(
                "根密钥的轮换没有做完。再运行一次 shouxin keys rotate --root，即可接着做；期间照常使用。",
                "A rotation of the root key was not finished. Run shouxin keys rotate --root once more and it goes on; "
                "people can work meanwhile.",
            ),
        )
    elif queries.root_key_work() == "destruction":
        yield (
            "root-key-destruction-unfinished",
            Text(
                "旧根密钥的销毁没有做完。再运行一次 shouxin keys destroy-root；指纹见 shouxin keys status。",
                "The destruction of an old root key was not finished. Run shouxin keys destroy-root once more; "
                "shouxin keys status shows the fingerprint.",
            ),
        )


def _clock() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), (SELECT max(at) FROM journal_checkpoint)")
        theirs, sealed = cursor.fetchone()
    now = datetime.now(UTC)
    if abs(theirs - now) > MOST_DRIFT:
        seconds = round(abs((theirs - now).total_seconds()))
        yield (
            "clock-differs",
            Text(
                f"本机时钟与数据库时钟相差 {seconds} 秒，请启用时间同步（NTP）。",
                f"This machine's clock and the database's differ by {seconds} seconds; synchronise them (NTP).",
            ),
        )
    if sealed is not None and sealed - now > MOST_DRIFT:
        yield (
            "clock-set-back",
            Text(
                "最近的日志检查点时间晚于当前时间：时钟曾被调快或已被调回。"
                "请核对时间同步，并运行 shouxin ledger verify。",
                "The latest checkpoint of the journal is later than now: the clock was set forward or back. "
                "See to the synchronisation of time and run shouxin ledger verify.",
            ),
        )
