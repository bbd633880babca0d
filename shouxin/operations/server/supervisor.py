"""`shouxin serve`: PostgreSQL, the web server, the job worker and the ledger's sealer, kept running together.

One thread, one loop: it waits for output, for ends of processes and for the clock. A signal to stop is an exception
raised wherever the loop stands; whatever happens, everything started is ended before the function returns.
"""

import http.client
import json
import os
import selectors
import shlex
import signal
import ssl
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from shouxin.kit import clock
from shouxin.kit.terminal import words
from shouxin.operations.server import address as addresses
from shouxin.operations.server import environment, folder, outside, processes
from shouxin.operations.server.output import Lines, say
from shouxin.operations.server.postgres import Cluster
from shouxin.operations.server.problems import ServerProblem
from shouxin.operations.server.service import Service

STOP_SIGNALS = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
STOP_SECONDS = 4.0
ASK_AGAIN_SECONDS = 0.5
TICK_SECONDS = 5.0
READY_POLL_SECONDS = 0.15
READY_PATIENCE_SECONDS = 60.0
POSTGRES_PAUSE_SECONDS = 2.0
MODULES = {
    "web": "shouxin.operations.server.web",
    "worker": "shouxin.operations.server.worker",
    "sealer": "shouxin.journal.sealer",
}
REDIRECT = "shouxin.operations.server.redirect"


class StopRequested(BaseException):
    """SIGTERM or SIGINT arrived."""


class Supervisor:
    """Everything that runs for one data folder. Made under the folder's hold; `run` returns when all has ended."""

    def __init__(self, data: Path, address: addresses.Address, *, demonstration: bool) -> None:
        self._data = data
        self._address = address
        self._demonstration = demonstration
        self._selector = selectors.DefaultSelector()
        self._cluster = None if os.environ.get("DATABASE_URL") else Cluster(data)
        self._postgres_lines = Lines("postgres", data / "logs", quiet=True)
        self._postgres_output = -1
        self._postgres_watch = -1
        self._announced = self._said_late = False
        self._short_of_space = False
        self._announcements: dict[str, Any] = {}
        self._began = time.monotonic()
        self._environment = os.environ | {
            # Jobs and requests run in threads; with an arena each, memory once used is not given back.
            "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
            "DJANGO_SETTINGS_MODULE": "shouxin.settings",
            "SHOUXIN_DATA": str(data),
            "HOST": address.host,
            "PORT": str(address.port),
        }
        modules = MODULES | ({"redirect": REDIRECT} if address.http_port else {})
        self._services = [
            Service(name, module, Lines(name, data / "logs")) for name, module in modules.items()
        ]
        self._outside = outside.OneServer(outside.named()) if outside.named() else None
        self._warned_on: date | None = None

    def run(self) -> int:
        """Start everything and keep it running until a signal says stop. Exit status 0 after a clean stop."""
        processes.adopt_orphans()
        listen_for_stop()
        try:
            self._say_what_is_done()
            self._start_postgres()
            self._announcements = self._prepare()
            self._say("数据库已就绪，正在启动网页服务…", "The database is ready; starting the web service…")
            if self._outside is not None:
                self._outside.__enter__()
            self._began = time.monotonic()
            for service in self._services:
                self._start(service)
            self._keep_running()
        except StopRequested:
            self._say("正在停止…", "Stopping…")
        finally:
            _deafen()
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._stop_everything()
        self._say("已停止。", "Stopped.")
        return 0

    def _say(self, zh: str, en: str) -> None:
        say(words(zh, en))

    # PostgreSQL

    def _start_postgres(self) -> None:
        if self._cluster is None:
            return
        self._postgres_output, write = os.pipe()
        os.set_blocking(self._postgres_output, False)
        try:
            self._cluster.start(write)
        finally:
            os.close(write)
            self._postgres_lines.read(self._postgres_output)
        if self._cluster.process is None:
            raise RuntimeError("PostgreSQL was started and is not there")
        self._postgres_watch = os.pidfd_open(self._cluster.process.pid)
        self._selector.register(self._postgres_output, selectors.EVENT_READ, self._read_postgres)
        self._selector.register(self._postgres_watch, selectors.EVENT_READ, self._restart_postgres)

    def _read_postgres(self) -> None:
        if not self._postgres_lines.read(self._postgres_output):
            self._selector.unregister(self._postgres_output)

    def _restart_postgres(self) -> None:
        """PostgreSQL ended by itself or by somebody's hand. Its clients recover through the pool's check."""
        if self._cluster is None or self._cluster.process is None:
            return
        self._cluster.process.wait()
        self._selector.unregister(self._postgres_watch)
        if self._postgres_output in self._selector.get_map():
            self._selector.unregister(self._postgres_output)
        os.close(self._postgres_output)
        os.close(self._postgres_watch)
        self._say(
            "PostgreSQL 意外退出，正在重新启动。", "PostgreSQL ended unexpectedly and is being started again."
        )
        told = ""
        while True:
            try:
                self._start_postgres()
            except ServerProblem as problem:
                if problem.code != told:
                    say(words(problem.text.zh, problem.text.en))
                told = problem.code
                self._listen_for(POSTGRES_PAUSE_SECONDS)
            else:
                return

    def _listen_for(self, seconds: float) -> None:
        """Let pass some time without leaving the others' output unread, which would stop them."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for key, _events in self._selector.select(left):
                key.data()

    # Services

    def _prepare(self) -> dict[str, Any]:
        """Run prepare.py to its end and take what it announces."""
        lines = Lines("prepare", self._data / "logs")
        command = [sys.executable, "-m", "shouxin.operations.server.prepare"]
        if self._demonstration:
            command.append("--demonstration")
        process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            start_new_session=True,
            preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads here
        )
        try:
            told, errors = process.communicate()
        except StopRequested:
            processes.kill_group(process.pid)
            raise
        for line in errors.decode("utf-8", "replace").splitlines():
            lines.keep(line)
        lines.close()
        found: dict[str, Any] = json.loads(told) if told.strip() else {}
        if problem := found.get("problem"):
            raise ServerProblem(problem["code"], problem["zh"], problem["en"])
        if process.returncode != 0:
            raise ServerProblem(
                "not-prepared",
                f"准备数据库时出错，详见 {self._data}/logs/prepare.log。",
                f"Preparing the database failed; see {self._data}/logs/prepare.log.",
            )
        return found

    def _start(self, service: Service) -> None:
        service.start(self._environment)
        self._selector.register(service.output, selectors.EVENT_READ, lambda: self._read(service))
        self._selector.register(service.exit_watch, selectors.EVENT_READ, lambda: self._ended(service))

    def _read(self, service: Service) -> None:
        if service.process is None:  # buried while this event waited its turn
            return
        if not service.lines.read(service.output):
            self._selector.unregister(service.output)

    def _ended(self, service: Service) -> None:
        if service.process is None:
            return
        for descriptor in (service.output, service.exit_watch):
            if descriptor in self._selector.get_map():
                self._selector.unregister(descriptor)
        status = service.bury()
        self._say(
            f"{service.name} 退出（{status}），将重新启动。",
            f"{service.name} ended ({status}) and will be started again.",
        )

    def _keep_running(self) -> NoReturn:
        tick = 0.0
        while True:
            for key, _events in self._selector.select(self._pause()):
                key.data()
            now = time.monotonic()
            for service in self._services:
                if service.process is None and service.next_start <= now:
                    self._start(service)
            if not self._announced:
                self._announce_when_ready()
            if now >= tick:
                processes.reap_adopted(self._known())
                self._watch_space()
                self._watch_certificate()
                self._watch_hold()
                tick = now + TICK_SECONDS

    def _watch_space(self) -> None:
        """Say once that the disk is filling up, before it is full; and once that it no longer is."""
        problem = folder.lack_of_space(self._data, folder.LOW_BYTES)
        if problem is not None and not self._short_of_space:
            say(words(problem.text.zh, problem.text.en))
        elif problem is None and self._short_of_space:
            self._say("磁盘空间已恢复。", "There is enough disk space again.")
        self._short_of_space = problem is not None

    def _watch_certificate(self) -> None:
        """Say once a day, from thirty days ahead, that the certificate ends."""
        now = clock.now()
        if self._address.certificate is None or self._warned_on == clock.today(now):
            return
        self._warned_on = clock.today(now)
        if (warning := self._address.certificate.warning(now)) is not None:
            say(words(warning.zh, warning.en))

    def _watch_hold(self) -> None:
        """Two servers on one outside database would run each other's jobs: the one that lost its hold ends."""
        if self._outside is not None and not self._outside.keep():
            raise outside.in_use()

    def _pause(self) -> float:
        """How long nothing need be looked at."""
        waits = [s.next_start - time.monotonic() for s in self._services if s.process is None]
        waits.append(TICK_SECONDS if self._announced else READY_POLL_SECONDS)
        return max(0.0, min(waits))

    def _known(self) -> list[int]:
        mine = [service.process for service in self._services]
        if self._cluster is not None:
            mine.append(self._cluster.process)
        return [process.pid for process in mine if process is not None]

    # Telling

    def _say_what_is_done(self) -> None:
        if self._demonstration:
            self._say(
                "正在启动：首次启动要建立数据库并写入演示客户，约需几分钟；能打开时在这里给出地址。",
                "Starting: the first start makes the database and writes the demonstration's customers, which takes "
                "some minutes; the address stands here once it opens.",
            )
        else:
            self._say("正在启动，首次启动约需一两分钟…", "Starting; the first start takes a minute or two…")

    def _announce_when_ready(self) -> None:
        """Give the address once the port answers, ready or saying why not: never one that nobody listens on."""
        ready, reasons = ask_readiness(self._address)
        late = time.monotonic() - self._began > READY_PATIENCE_SECONDS
        if not ready and not (late and reasons):
            if late and not self._said_late:
                self._said_late = True
                self._say(
                    f"网页服务还没有应答，继续等待；详见 {self._data}/logs/web.log。",
                    f"The web service does not answer yet; still waiting. See {self._data}/logs/web.log.",
                )
            return
        self._announced = True
        if not ready:
            for reason in reasons:
                say(words(reason["zh"], reason["en"]))
        where = self._address
        say(f"守信 Shouxin  {where.url}")
        if not where.open_to_others:
            self._say(
                "未配置证书或反向代理，仅本机可访问（SHOUXIN_CERTIFICATE 或 SHOUXIN_PROXY）。",
                "Without a certificate or a named proxy only this machine can connect "
                "(SHOUXIN_CERTIFICATE or SHOUXIN_PROXY).",
            )
        for line in announcement_lines(self._announcements, where.url):
            say(line)
        self._announcements = {}

    # Stopping

    def _stop_everything(self) -> None:
        """The slow ones first, so that people are answered nearly to the end."""
        if self._cluster is not None:
            self._cluster.hurry()
        self._end([service for service in self._services if service.name == "worker"])
        self._end(self._services)
        for service in self._services:
            service.lines.close()
        if self._cluster is not None:
            self._cluster.stop()
        if self._outside is not None:
            self._outside.__exit__()
        left = processes.children()
        processes.send(left, signal.SIGKILL)
        processes.wait_gone(left, 1.0)
        self._selector.close()

    def _end(self, services: list[Service]) -> None:
        """Tell them to stop, wait a while, and bury them."""
        for service in services:
            service.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(s.process and s.process.poll() is None for s in services):
            for key, _events in self._selector.select(0.02):
                if key.fd in {service.output for service in self._services}:
                    key.data()
        for service in services:
            if service.process is not None:
                self._selector.unregister(service.exit_watch)
                if service.output in self._selector.get_map():
                    self._selector.unregister(service.output)
                service.bury()


def listen_for_stop() -> None:
    """From now on SIGTERM, SIGINT and SIGHUP raise StopRequested, again and again until the timer is stopped.

    Once is not enough: what is raised in a finaliser or in a hook around a fork Python reports and drops.
    """
    for number in (*STOP_SIGNALS, signal.SIGALRM):
        signal.signal(number, _stop)


def _deafen() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(_number: int, _frame: object) -> NoReturn:
    _deafen()  # whoever asks twice must not interrupt the stopping
    signal.setitimer(signal.ITIMER_REAL, ASK_AGAIN_SECONDS)
    raise StopRequested


def ask_readiness(address: addresses.Address) -> tuple[bool, list[dict[str, str]]]:
    """What /readyz says: (ready, reasons)."""
    connection: http.client.HTTPConnection
    if address.encrypted:
        # Our own server on this machine; its certificate names the public host, not 127.0.0.1.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", address.port, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = json.loads(response.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError):
        return False, []
    finally:
        connection.close()
    return response.status == http.HTTPStatus.OK, body.get("reasons", [])


def announcement_lines(found: dict[str, Any], url: str) -> list[str]:
    """The lines a person needs first: the set-up link of an empty installation, or the demonstration accounts."""
    lines = []
    if found.get("setup"):
        link = found["setup"] if "://" in found["setup"] else url.rstrip("/") + found["setup"]
        lines.append(
            words(
                "首次设置（24 小时内有效，仅可使用一次，需两人在场）：",
                "First set-up (valid for 24 hours, once; two people are needed):",
            )
        )
        lines.append(f"  {link}")
    lines += _demonstration_lines(found)
    return lines


def _demonstration_lines(found: dict[str, Any]) -> list[str]:
    """Who can sign in to a demonstration and what to try; or that this is, or is not, one."""
    if "accounts" not in found:
        return [
            words("演示数据：本数据库内容均为虚构。", "Demonstration data: everything here is invented.")
        ] * bool(found.get("demonstration"))
    if not found["demonstration"]:
        return [
            words(
                "数据库中已有真实数据，未装入演示数据。演示请另设 SHOUXIN_DATA。",
                "There is real data here, so no demonstration was loaded. Set SHOUXIN_DATA to another folder.",
            )
        ]
    lines = [
        words(
            f"演示数据（{found['customers']} 位虚构客户）。演示账号：",
            f"Demonstration data ({found['customers']} invented customers). Accounts:",
        )
    ]
    for account in found["accounts"]:
        password = account["password"] or words("（已修改）", "(changed)")
        who = f"{account['name']}，{account['title']['zh']}", f"{account['name']}, {account['title']['en']}"
        lines.append(f"  {account['user_name']:<9} {password:<24} {words(*who)}")
        if advice := account["advice"]:
            lines.append(f"  {'':<9} {'':<24} → {words(advice['zh'], advice['en'])}")
        if account.get("second_factor"):
            command = f"{_own_command()} demo code {account['user_name']}"
            lines.append(f"  {'':<9} {'':<24} → {words('动态码：', 'code: ')}{command}")
    return lines


def _own_command() -> str:
    """How the person at this terminal calls this very program, with the data folder they chose."""
    program = sys.argv[0] if sys.argv[0].endswith("shouxin") else "shouxin"
    chosen = os.environ.get("SHOUXIN_DATA")
    return f"SHOUXIN_DATA={shlex.quote(chosen)} {program}" if chosen else program


def serve(*, demonstration: bool) -> int:
    """Check what can be checked first, take hold of the data folder, and supervise.

    Raises:
        ServerProblem: something outside the program stands in the way.
    """
    data = environment.data_folder()
    environment.refuse_unknown()
    address = addresses.choose()
    if outside.named():
        environment.databases(data)  # an address that cannot be used is refused before anything is started
    folder.prepare(data)
    with folder.Hold(data, "serve"):
        addresses.check_free(address.host, address.port, "PORT")
        if address.http_port:
            addresses.check_free(address.host, address.http_port, "SHOUXIN_HTTP_PORT")
        environment.make_secret_key(data)
        supervisor = Supervisor(data, address, demonstration=demonstration)
        return supervisor.run()
