"""`python -m benchmarks.dependencies`: what each distribution that is installed to run takes, and how long it takes.

Sizes are those of this environment. With `--seconds` each is fetched first and then installed alone from its file, so
that the network is not in the time.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from benchmarks import report

RUNTIME = report.ROOT / "requirements" / "runtime.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def pinned() -> dict[str, str]:
    """What requirements/runtime.txt names."""
    return dict(PINNED.findall(RUNTIME.read_text(encoding="utf-8")))


def bytes_of(name: str) -> int | None:
    """All files of an installed distribution; None where this machine needs none of it."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return None
    found = (Path(str(one.locate())) for one in files)
    return sum(path.stat().st_size for path in found if path.is_file())


def seconds_of(name: str, version: str) -> float:
    """How long installing it alone takes, once it was fetched."""
    with tempfile.TemporaryDirectory(prefix="shouxin-benchmark-wheel-") as folder:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        alone = ["--no-deps", "--only-binary", ":all:", f"{name}=={version}"]
        subprocess.run([*pip, "download", "--dest", folder, *alone], check=True)
        begun = time.perf_counter()
        offline = ["--no-index", "--find-links", folder, "--target", f"{folder}/installed"]
        subprocess.run([*pip, "install", *offline, *alone], check=True)
        return round(time.perf_counter() - begun, 2)


def measure(*, timed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, version in pinned().items():
        size = bytes_of(name)
        if size is not None:
            took = seconds_of(name, version) if timed else None
            found[name] = {"version": version, "bytes": size, "seconds": took}
            print(
                f"{size / report.MIB:8.1f} MiB  {'' if took is None else f'{took:5.1f} s'}  {name} {version}"
            )
    return {"line": "16", "distributions": found}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dependencies")
    parser.add_argument(
        "--seconds", action="store_true", help="fetch and install each alone, and tell how long"
    )
    told = json.dumps(measure(timed=parser.parse_args().seconds), indent=1)
    (report.RESULTS / "dependencies.json").write_text(told + "\n", encoding="utf-8")
    report.write()
