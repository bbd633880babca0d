"""The data folder: made closed, tried for writing and space, and held by one process at a time."""

import errno
import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import Self

from shouxin.operations.server.problems import ServerProblem

LAYOUT = 1  # raised when the folder's shape changes so that an older version would harm it
LEAST_FREE_BYTES = 200 * 2**20  # to start
LOW_BYTES = 100 * 2**20  # while running: said on the terminal
NEEDED_BYTES = 32 * 2**20  # while running: below, PostgreSQL cannot go on writing
FOLDERS = ("attachments", "keys", "ledger", "logs", "run", "static", "uploads")


def prepare(data: Path) -> None:
    """Make what is missing of `data` (never changing what exists) and see that it can be used.

    Raises:
        ServerProblem: it is not writable, full, or of a newer version.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (data / name).mkdir(mode=0o700, exist_ok=True)
        probe = data / "run" / f"probe-{os.getpid()}"
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        raise _cannot_write(data, error) from error
    problem = lack_of_space(data, LEAST_FREE_BYTES)
    if problem is not None:
        raise problem
    _check_layout(data / "layout")


def _cannot_write(data: Path, error: OSError) -> ServerProblem:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full(data, 0, LEAST_FREE_BYTES)
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        return ServerProblem(
            "folder-is-a-file",
            f"数据文件夹的位置 {data} 上有一个文件，请换一个位置（SHOUXIN_DATA）。",
            f"There is a file where the data folder {data} should be; name another place (SHOUXIN_DATA).",
        )
    return ServerProblem(
        "folder-not-writable",
        f"数据文件夹 {data} 不可写（{os.strerror(error.errno or 0)}）。"
        "请更正其属主或权限，或用 SHOUXIN_DATA 换一个位置。",
        f"The data folder {data} is not writable ({os.strerror(error.errno or 0)}). "
        "Mend its owner or permissions, or name another with SHOUXIN_DATA.",
    )


def lack_of_space(data: Path, wanted: int) -> ServerProblem | None:
    """The problem, when less than `wanted` bytes are free where `data` is."""
    free = shutil.disk_usage(data).free
    return _full(data, free, wanted) if free < wanted else None


def _full(data: Path, free: int, wanted: int) -> ServerProblem:
    return ServerProblem(
        "disk-full",
        f"磁盘空间不足：{data} 所在磁盘剩余 {free // 2**20} MB，至少需要 {wanted // 2**20} MB。请腾出空间。",
        f"The disk is full: {free // 2**20} MB are left where {data} is, at least {wanted // 2**20} MB are needed. "
        "Free some space.",
    )


def _check_layout(path: Path) -> None:
    try:
        found = int(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        path.write_text(f"{LAYOUT}\n", encoding="ascii")
        return
    except ValueError:
        found = LAYOUT + 1
    if found > LAYOUT:
        raise newer_version(path.parent)


def newer_version(data: Path) -> ServerProblem:
    return ServerProblem(
        "newer-version",
        f"数据文件夹 {data} 由更新版本的守信使用过，本版本不能打开它。请安装该版本，或恢复旧备份。",
        f"The data folder {data} has been used by a newer version of Shouxin and this one cannot open it. "
        "Install that version, or restore an older backup.",
    )


class Hold:
    """The exclusive hold on a data folder; the kernel lets go of it however the process ends."""

    def __init__(self, data: Path, role: str) -> None:
        self._path = data / "run" / "lock"
        self._data = data
        self._role = role
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise held_by_another(self._data) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"pid": os.getpid(), "role": self._role}).encode(), 0)
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self._descriptor)


def holder(data: Path) -> dict[str, object]:
    """Who holds the folder, as far as they wrote it down: {"pid", "role"}."""
    try:
        found: dict[str, object] = json.loads((data / "run" / "lock").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def running_server(data: Path) -> dict[str, object]:
    """What the server that holds the folder wrote down; empty when none does."""
    try:
        with (data / "run" / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        found = holder(data)
        return found if found.get("role") == "serve" else {}
    except FileNotFoundError:
        pass
    return {}


def held_by_another(data: Path) -> ServerProblem:
    pid = holder(data).get("pid", "?")
    return ServerProblem(
        "already-running",
        f"另一个守信进程（进程号 {pid}）正在使用数据文件夹 {data}。请先停止它，或用 SHOUXIN_DATA 换一个文件夹。",
        f"Another Shouxin (process {pid}) is using the data folder {data}. "
        "Stop it first, or name another folder with SHOUXIN_DATA.",
    )
