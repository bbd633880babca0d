"""Migrated clusters kept between runs: `PYTEST_SHOUXIN_CACHE` names a folder; without it every run migrates anew.

A cluster is known by everything it was made from, so a changed migration never meets an old one.
"""

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MOST = 8  # clusters that are kept; the oldest goes
PARTS = ("postgres", "run/database.json", "template.ready")


@cache
def _place() -> Path | None:
    """Worked out once, when the run begins: what changes meanwhile is not what its cluster was made from."""
    folder = os.environ.get("PYTEST_SHOUXIN_CACHE")
    if not folder:
        return None
    made_of = [
        *sorted((PROJECT / "shouxin").glob("**/migrations/*.py")),
        *sorted((PROJECT / "tests" / "harness").glob("*.py")),
        PROJECT / "shouxin" / "kit" / "database.py",
        PROJECT / "shouxin" / "operations" / "server" / "postgres.py",
        PROJECT / "requirements" / "runtime.txt",
    ]
    digest = hashlib.sha256()
    for file in made_of:
        digest.update(str(file.relative_to(PROJECT)).encode() + b"\0" + file.read_bytes())
    return Path(folder) / digest.hexdigest()[:24]


def take(run: Path) -> bool:
    """Lay the cluster of an earlier run into `run`, where there is one that fits."""
    place = _place()
    if place is None or not place.exists():
        return False
    for part in PARTS:
        (run / part).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (place / part).is_dir():
            _copy(place / part, run / part)
        else:
            shutil.copy2(place / part, run / part)
    os.utime(place)
    return True


def wanted(run: Path) -> bool:
    """Whether the cluster of `run` is worth keeping: migrated whole, and not kept yet."""
    place = _place()
    return place is not None and not place.exists() and (run / "template.ready").exists()


def keep(run: Path) -> None:
    """Keep the cluster of `run`, which is stopped."""
    place = _place()
    if place is None:
        return
    half = place.with_name(f"{place.name}.{os.getpid()}")
    for part in PARTS:
        (half / part).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (run / part).is_dir():
            _copy(run / part, half / part)
        else:
            shutil.copy2(run / part, half / part)
    try:
        half.rename(place)
    except OSError:  # another run was quicker
        shutil.rmtree(half)
    for old in sorted(place.parent.iterdir(), key=lambda one: one.stat().st_mtime)[:-MOST]:
        shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """A copy with its owners: the server steps down to a system user when root runs it."""
    shutil.copytree(source, target)
    for file in [source, *source.rglob("*")]:
        owner = file.stat()
        os.chown(target / file.relative_to(source), owner.st_uid, owner.st_gid)
