"""The embedded PostgreSQL: one cluster of our own, reached over a private Unix socket and in no other way.

`initdb` and `postgres` are run directly. The data folder stays closed (0700) even when PostgreSQL steps
down from root to a system user that could not walk to it: the server is handed open descriptors of its two
folders and names them through /proc/self/fd, so no folder on the way has to be opened to anybody.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from shouxin.operations.server import credentials, processes, sizing
from shouxin.operations.server.binaries import Runner, choose_runner, find_programs
from shouxin.operations.server.folder import NEEDED_BYTES, lack_of_space
from shouxin.operations.server.problems import ServerProblem

MAJOR = "18"
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")
START_SECONDS = 120.0
STOP_SECONDS = 6.0

# Statements and values of customers never reach the log, not even in the explanation of an error.
PRIVACY = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_parameter_max_length": "0",
    "log_min_messages": "fatal",
}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "shouxin",
    "max_connections": "100",
    "shared_buffers": sizing.shared_buffers(sizing.memory()),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    # A page is written to the log whole when it first changes after a checkpoint, and an import changes pages of many
    # indexes all over: the fewer checkpoints, the less is written. Crash recovery reads at most this much.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    **PRIVACY,
}
# For tests alone: a crash of the machine may lose everything, which is then no loss.
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_keep_size": "512MB",  # what was written a moment ago is still there to be searched
}


class Cluster:
    """The cluster in `data`/postgres. Whoever starts it holds the data folder's lock (see lock.py)."""

    def __init__(self, data: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = data / "postgres"
        self.run = data / "run"
        self.sockets = self.run / "socket"
        self.credentials_file = self.run / "database.json"
        self.settings = SETTINGS | (settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self._alias: Path | None = None

    def start(self, log: IO[bytes] | int) -> credentials.Credentials:
        """Make the cluster if there is none, end what an earlier run left, start, and see to roles and database.

        Raises:
            ServerProblem: PostgreSQL cannot run here; the sentence says why.
        """
        runner = choose_runner(self.folder)
        programs = find_programs(runner)
        self.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        end_leftovers(self.folder)
        known = credentials.read(self.credentials_file) or credentials.invent(str(self.sockets))
        known = replace(known, host=self._client_folder())
        credentials.write(self.credentials_file, known)
        if not self.folder.exists():
            self._create(runner, programs, known, log)
        self._check_version()
        self._launch(runner, programs, log)
        self._wait_ready()
        _establish(known)
        return known

    def hurry(self) -> None:
        """Begin to write out what a shutdown would otherwise write at its end."""
        threading.Thread(target=self._checkpoint, daemon=True).start()

    def _checkpoint(self) -> None:
        known = credentials.read(self.credentials_file)
        with contextlib.suppress(psycopg.Error):
            if known is not None and self.process is not None:
                with psycopg.connect(known.conninfo("superuser", "postgres"), autocommit=True) as connection:
                    connection.execute("CHECKPOINT")

    def stop(self) -> None:
        """Shut down cleanly; after a few seconds, without ceremony. Nothing committed is lost either way."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(STOP_SECONDS)
        self.process = None
        if self._alias is not None:
            shutil.rmtree(self._alias, ignore_errors=True)
            self._alias = None

    def _client_folder(self) -> str:
        """The socket folder as clients name it: itself, or a short alias when its path is too long for a socket."""
        if len(os.fsencode(self.sockets)) <= SOCKET_PATH_LIMIT:
            return str(self.sockets)
        if self._alias is None:
            candidates = (os.environ.get("XDG_RUNTIME_DIR", ""), "/run", tempfile.gettempdir())
            place = next(folder for folder in candidates if folder and os.access(folder, os.W_OK))
            self._alias = Path(tempfile.mkdtemp(prefix="shouxin-", dir=place))
            (self._alias / "socket").symlink_to(self.sockets)
        return str(self._alias / "socket")

    def _create(
        self, runner: Runner, programs: Path, known: credentials.Credentials, log: IO[bytes] | int
    ) -> None:
        """`initdb` beside the final place, then one rename: a half-made cluster is never taken for a whole one."""
        part = self.folder.with_name("postgres.part")
        shutil.rmtree(part, ignore_errors=True)
        _own_folder(part, runner)
        descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY)
        secret = os.memfd_create("password")  # in memory alone: the password touches no disk
        os.write(secret, known.superuser.password.encode())
        try:
            subprocess.run(  # noqa: S603 - the program of the installed package
                [
                    programs / "initdb",
                    *("-D", f"/proc/self/fd/{descriptor}", "-U", known.superuser.user),
                    *(
                        "--auth=scram-sha-256",
                        f"--pwfile=/proc/self/fd/{secret}",
                        "--encoding=UTF8",
                        "--locale=C",
                    ),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                    *(("--no-sync",) if self.settings.get("fsync") == "off" else ()),
                ],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
                pass_fds=(descriptor, secret),
                preexec_fn=processes.die_with_parent(signal.SIGKILL),
                **runner.arguments(),  # type: ignore[call-overload]
            )
        except subprocess.CalledProcessError as error:
            raise lack_of_space(self.run, NEEDED_BYTES) or ServerProblem(
                "cluster-not-made",
                f"无法在 {self.folder} 建立数据库，详见数据文件夹中的 logs/postgres.log。",
                f"The database could not be made in {self.folder}; see logs/postgres.log in the data folder.",
            ) from error
        finally:
            os.close(descriptor)
            os.close(secret)
        part.rename(self.folder)

    def _check_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != MAJOR:
            raise ServerProblem(
                "cluster-of-another-version",
                f"{self.folder} 由 PostgreSQL {found} 建立，本版本使用 {MAJOR}。请用建立它的版本导出后再导入。",
                f"{self.folder} was made by PostgreSQL {found}; this version uses {MAJOR}. "
                "Export with the version that made it.",
            )

    def _launch(self, runner: Runner, programs: Path, log: IO[bytes] | int) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        _own_folder(self.sockets, runner)
        # Nothing of ours runs any more, so a pid file speaks of a dead process whose number may have been reused.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        cluster = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        sockets = os.open(self.sockets, os.O_RDONLY | os.O_DIRECTORY)
        settings = self.settings | {"unix_socket_directories": f"/proc/self/fd/{sockets}"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - the program of the installed package
                [programs / "postgres", "-D", f"/proc/self/fd/{cluster}", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
                pass_fds=(cluster, sockets),
                start_new_session=True,  # signals to the terminal's processes reach the supervisor alone
                preexec_fn=processes.die_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads hold locks here
                **runner.arguments(),  # type: ignore[call-overload]
            )
        finally:
            os.close(cluster)
            os.close(sockets)

    def _wait_ready(self) -> None:
        """Wait for the line in postmaster.pid that says PostgreSQL takes connections (recovery may come first)."""
        if self.process is None:
            raise RuntimeError("PostgreSQL was not started")
        status = self.folder / "postmaster.pid"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                lines = status.read_text(encoding="utf-8").splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) > 7 and lines[7].strip() == "ready":  # noqa: PLR2004 - LOCK_FILE_LINE_PM_STATUS
                return
            time.sleep(0.01)
        self.stop()
        raise lack_of_space(self.folder, NEEDED_BYTES) or ServerProblem(
            "database-does-not-start",
            "数据库没有启动，详见数据文件夹中的 logs/postgres.log。",
            "The database did not start; see logs/postgres.log in the data folder.",
        )


def end_leftovers(folder: Path) -> None:
    """End PostgreSQL processes that an earlier run left in `folder`; called under the data folder's lock."""
    left = processes.named_processes_in(folder, "postgres")
    if not left:
        return
    try:
        postmaster = int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        postmaster = 0
    if postmaster in left:
        processes.send([postmaster], signal.SIGINT)
        processes.wait_gone([postmaster], STOP_SECONDS)
    left = processes.named_processes_in(folder, "postgres")
    processes.send(left, signal.SIGKILL)
    processes.wait_gone(left, STOP_SECONDS)


def _own_folder(path: Path, runner: Runner) -> None:
    path.mkdir(mode=0o700)
    if runner.switch:
        os.chown(path, runner.uid, runner.gid)


def _establish(known: credentials.Credentials) -> None:
    """Owner, application and database exist, with the passwords on file. Idempotent."""
    with psycopg.connect(known.conninfo("superuser", "postgres"), autocommit=True) as connection:
        for role in (known.owner, known.application):
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.user]).fetchone()
            verb = sql.SQL("ALTER" if exists else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                    verb, sql.Identifier(role.user), sql.Literal(role.password)
                )
            )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [known.name]).fetchone():
            create_database(connection, known, known.name)


def create_database(
    connection: psycopg.Connection, known: credentials.Credentials, name: str, template: str = "template1"
) -> None:
    """A database owned by the owner role, into which nobody but our roles may connect."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(known.owner.user), sql.Identifier(template)
        )
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            sql.Identifier(name), sql.Identifier(known.application.user)
        )
    )
