"""A PostgreSQL 16 that is not ours: on TCP, with an owner and an application role of its own.

The package's build has no TLS, so a front speaks it in the way poolers do: it answers the client's request for
encryption with a certificate and passes on what it decrypts.
"""

import contextlib
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import psycopg

from shouxin.operations.server import processes
from shouxin.operations.server.binaries import choose_runner, installed_package
from tests.harness.certificates import Authority
from tests.harness.server import free_port

HBA = "local all root trust\nlocal all all scram-sha-256\n"
SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)
OWNER, APPLICATION = "boss:owner-secret", "app:application-secret"


class OutsidePostgres:
    """A cluster of another version in `place`; `pair` is the certificate it shows."""

    def __init__(self, place: Path, programs: Path) -> None:
        self.place = place
        self.port = free_port()
        self.authority = Authority(place)
        self._runner = choose_runner(place / "cluster")
        self._programs = self._reachable(programs)
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: socket.socket | None = None
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._runner.switch:
            os.chown(place, self._runner.uid, self._runner.gid)

    @classmethod
    def of_wheel(cls, place: Path) -> "OutsidePostgres":
        """Version 16, which comes in the same package as ours."""
        return cls(place, installed_package() / "pginstall" / "bin")

    def _reachable(self, programs: Path) -> Path:
        """A copy where the system user can run it, when we are root and the package lies in a closed folder."""
        if not self._runner.switch or programs.parent.parent.name == "postgresql":
            return programs
        package = programs.parent.parent
        copy = self.place / package.name
        shutil.copytree(programs.parent, copy / programs.parent.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(libraries, self.place / libraries.name, symlinks=True)
        return copy / programs.parent.name / "bin"

    def start(self, *names: str) -> "OutsidePostgres":
        """Make the cluster, show a certificate for `names`, and wait until it answers."""
        cluster = self.place / "cluster"
        self._run(
            "initdb",
            "-D",
            cluster,
            "-U",
            "root",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        self.show(*self.authority.issue(*(names or ("127.0.0.1",))))
        (cluster / "pg_hba.conf").write_text(HBA)
        self._launch()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        with self.superuser("postgres") as connection:
            for role in (OWNER, APPLICATION):
                name, _, password = role.partition(":")
                connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
            connection.execute("CREATE DATABASE customers OWNER boss")
        return self

    def show(self, certificate: Path, key: Path) -> None:
        """Use this certificate from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._context = context

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "port": str(self.port),
            "unix_socket_directories": str(self.place / "cluster"),
            "fsync": "off",
            "max_connections": "60",
        }
        arguments = [f"--{key}={value}" for key, value in options.items()]
        with (self.place / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.place / "cluster", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),  # noqa: PLW1509 - as ours is started
                **self._runner.arguments(),  # type: ignore[call-overload]
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.superuser("postgres").close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self.place / "postgres.log").read_text()
                time.sleep(0.05)
            else:
                return

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            capture_output=True,
            cwd="/",
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            **self._runner.arguments(),  # type: ignore[call-overload]
        )

    def superuser(self, database: str = "customers") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.place / "cluster"), port=self.port, user="root", dbname=database, autocommit=True
        )

    def url(self, role: str, **options: str) -> str:
        """An address for `role`, trusting our own authority unless told otherwise."""
        given = {"sslmode": "verify-full", "sslrootcert": str(self.authority.certificate)} | options
        query = "&".join(f"{key}={value}" for key, value in given.items())
        return f"postgresql://{role}@127.0.0.1:{self.port}/customers?{query}"

    def environment(self, **options: str) -> dict[str, str]:
        """What `shouxin serve` is told."""
        return {
            "DATABASE_URL": self.url(APPLICATION, **options),
            "DATABASE_OWNER_URL": self.url(OWNER, **options),
        }

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed when the test is over
            while self._listener is not None:
                client, _address = self._listener.accept()
                threading.Thread(target=self._talk, args=[client], daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        """One connection: encryption first, then everything passed on to and fro."""
        with contextlib.suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
            if client.recv(8, socket.MSG_WAITALL) != SSL_REQUEST:
                return
            client.sendall(b"S")
            with self._context.wrap_socket(client, server_side=True) as inside:
                server.connect(str(self.place / "cluster" / f".s.PGSQL.{self.port}"))
                inside.setblocking(False)
                _pass_on(inside, server)

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)


def _pass_on(inside: ssl.SSLSocket, server: socket.socket) -> None:
    """Copy in both directions until one side ends."""
    ends = {inside.fileno(): (inside, server), server.fileno(): (server, inside)}
    while True:
        ready = [inside.fileno()] if inside.pending() else select.select(list(ends), [], [], 60)[0]
        for number in ready:
            source, sink = ends[number]
            try:
                data = source.recv(65_536)
            except ssl.SSLWantReadError:
                continue
            if not data:
                return
            _send(sink, data)


def _send(sink: socket.socket, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[sink.send(left) :]
        except ssl.SSLWantWriteError:
            select.select([], [sink], [], 60)
