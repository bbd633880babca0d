"""Everything between a running database and the first request, in a short-lived process of its own.

Migrations under a lock, rights of the application role, the rooms' startup steps, static files, and for an
empty installation the set-up link. What the person at the terminal must read goes to standard output, one
JSON object; it is shown there and kept in no log.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
import structlog

from shouxin.operations.server import folder, outside
from shouxin.operations.server.problems import ServerProblem

LOCK = 0x5348_4F55  # the advisory lock of whoever changes tables
log = structlog.get_logger("shouxin.prepare")


@contextmanager
def _alone() -> Iterator[None]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def migrate() -> int:
    """Bring the tables up to date and give the application role its rights; how many migrations were applied.

    Raises:
        ServerProblem: a newer version has been here.
    """
    from django.conf import settings

    from shouxin.kit.database import grant_application_rights
    from shouxin.operations.server import migrating
    from shouxin.operations.server.readiness import migration_state

    with _alone():
        missing, unknown = migration_state("owner")
        if unknown:
            raise folder.newer_version(settings.DATA)
        if missing:
            migrating.migrate()
        grant_application_rights(application_role=settings.DATABASES["default"]["USER"])
    return len(missing)


def collect_static() -> bool:
    """Gather the static files when any of them changed since the last time; whether it was done."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest.hexdigest():
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest.hexdigest(), encoding="ascii")
    return True


def run_startup_steps() -> None:
    from shouxin.kit.startup import steps

    for name in steps:
        steps[name]()
        log.info("startup step done", step=name)


def _demonstration() -> dict[str, Any]:
    """Fill an empty database with the demonstration and say who can sign in."""
    from shouxin.operations.demo.load import load_if_empty

    found = load_if_empty()
    accounts = [
        {
            "user_name": account.user_name,
            "password": account.password,
            "name": account.name,
            "title": asdict(account.title),
            "advice": asdict(account.advice) if account.advice else None,
            "second_factor": account.second_factor,
        }
        for account in found.accounts
    ]
    return {"demonstration": found.demonstration, "customers": found.customers, "accounts": accounts}


def _announcements(*, demonstration: bool) -> dict[str, Any]:
    """What the terminal shows once the server answers: demonstration accounts, or the link for the first two people."""
    from shouxin.operations.demo.queries import is_demonstration
    from shouxin.people import queries, services

    if demonstration:
        return _demonstration()
    if queries.staff_exists():
        return {"demonstration": is_demonstration()}
    return {"setup": services.issue_setup_link()}


def prepare(*, demonstration: bool) -> dict[str, Any]:
    """All steps in order; what is to be announced."""
    if outside.named():
        outside.check()
    applied = migrate()
    run_startup_steps()
    collected = collect_static()
    log.info("prepared", migrations=applied, static=collected)
    return _announcements(demonstration=demonstration)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shouxin.operations.server.prepare")
    parser.add_argument("--demonstration", action="store_true")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    django.setup()
    from shouxin.operations.server import logs

    logs.keep_words_out()
    try:
        found = prepare(demonstration=arguments.demonstration)
    except ServerProblem as problem:
        print(json.dumps({"problem": {"code": problem.code, "zh": problem.text.zh, "en": problem.text.en}}))  # noqa: T201
        return 1
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the supervisor reads it
    return 0


if __name__ == "__main__":
    sys.exit(main())
