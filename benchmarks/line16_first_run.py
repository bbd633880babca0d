"""Line 16: the first run: from a clone to a console with demonstration data, nothing prepared.

A clone of the committed state into an empty folder, then the README's first command as a user gives it, until the
console answers on its port. Packages come from the index that pip is set to: a part of the time is the network's.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from benchmarks.harness import Profile, Result, Side

RUNS = {"quick": 1, "full": 5}
PATIENCE = 900.0
LARGEST = 12  # packages named with their size
MIB = 1024**2


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`, each counted once."""
    seen, total = set(), 0
    for path in folder.rglob("*"):
        facts = path.lstat()
        if facts.st_ino not in seen:
            seen.add(facts.st_ino)
            total += facts.st_size
    return total


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with (
        suppress(urllib.error.URLError, OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer,
    ):
        return bool(answer.status == 200)
    return False


def first_run(folder: Path) -> tuple[float, Path]:
    """Seconds until the console answers, and where it was installed."""
    here = Path(__file__).parents[1]
    clone, port = folder / "shouxin", _free_port()
    start = time.perf_counter()
    subprocess.run(["git", "clone", "--quiet", str(here), str(clone)], check=True)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("SHOUXIN_", "PYTHON"))
    }
    process = subprocess.Popen(
        ["make", "demo"],
        cwd=clone,
        env=environment | {"PORT": str(port)},
        stdout=(folder / "said").open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                raise SystemExit((folder / "said").read_text(encoding="utf-8")[-2000:])
            time.sleep(0.1)
        return time.perf_counter() - start, clone / ".venv"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def packages(environment: Path) -> dict[str, str]:
    """The largest installed packages, in MiB."""
    folders = [
        path for path in next(environment.glob("lib/python3*/site-packages")).iterdir() if path.is_dir()
    ]
    sizes = sorted(((size_of(path), path.name) for path in folders), reverse=True)[:LARGEST]
    return {name: f"{size / MIB:.0f} MiB" for size, name in sizes}


def measure(profile: Profile) -> Result:
    took, sizes, largest = Side(), [], {}
    for _ in range(RUNS[profile.name]):
        folder = Path(tempfile.mkdtemp(prefix="shouxin-benchmark-first-run-"))
        try:
            seconds, environment = first_run(folder)
            took.rates.append(1 / seconds)
            sizes.append(size_of(environment) / MIB)
            largest = packages(environment)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Result(
        line="16",
        name="first run: clone, install, found, demonstration data, console answering",
        size=f"{len(took.rates)} runs",
        unit="first runs/s",
        ours=took,
        baseline=took,
        baseline_name="none",
        unprotected="nothing to compare with",
        must=1 / 180,
        want=1 / 90,
        judged="figure",
        limits={"installed_mib": (600.0, 300.0)},
        more={
            "seconds": round(1 / took.median, 1),
            "seconds_best": round(1 / took.best, 1),
            "installed_mib": round(max(sizes)),
            "largest_packages": largest,
        },
    )
