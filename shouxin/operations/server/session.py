"""The database for the length of one command: the running server's, or one started for the purpose."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import django.apps
import django.conf
import django.db
import psycopg

from shouxin.kit.startup import settle
from shouxin.operations.server import credentials, environment, folder
from shouxin.operations.server.postgres import Cluster
from shouxin.operations.server.problems import ServerProblem

PATIENCE_SECONDS = 20.0


@contextmanager
def database() -> Iterator[None]:
    """Django set up, with a database that answers.

    Raises:
        ServerProblem: there is no data here yet, or it cannot be used.
    """
    environment.refuse_unknown()
    data = environment.data_folder()
    if os.environ.get("DATABASE_URL"):
        _set_up(data)
        yield
        return
    if not (data / "postgres").exists():
        raise ServerProblem(
            "no-data-yet",
            f"{data} 中还没有数据。请先运行 shouxin serve，或用 SHOUXIN_DATA 指定数据文件夹。",
            f"There is no data in {data} yet. Run shouxin serve first, or name the data folder with SHOUXIN_DATA.",
        )
    folder.prepare(data)
    try:
        hold = folder.Hold(data, "command").__enter__()
    except ServerProblem:
        _wait_for_running_server(data)
        _set_up(data)
        yield
        return
    try:
        with _own_server(data):
            _set_up(data)
            yield
    finally:
        hold.__exit__()


def _set_up(data: Path) -> None:
    """Set Django up with the address at which the database answers now; the settings may have been read before."""
    django.conf.settings.DATABASES.update(environment.databases(data))
    django.setup()
    settle()


@contextmanager
def _own_server(data: Path) -> Iterator[None]:
    cluster = Cluster(data)
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with (data / "logs" / "postgres.log").open("ab") as log:
            cluster.start(log)
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
        if django.apps.apps.ready:
            django.db.connections.close_all()
        cluster.stop()


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _wait_for_running_server(data: Path) -> None:
    """The one that holds the folder may still be starting."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        known = credentials.read(data / "run" / "database.json")
        try:
            if known is not None:
                psycopg.connect(known.conninfo("application"), connect_timeout=5).close()
                return
        except psycopg.OperationalError:
            pass
        if time.monotonic() > deadline:
            raise folder.held_by_another(data)
        time.sleep(0.2)
