"""A PostgreSQL cluster of the benchmark's own, an organisation in it, interleaved rounds, and the result file.

Figures are ratios: A B A B … at least five rounds, median and best. Nothing here touches the user's data folder.
"""

import atexit
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shouxin.customers.registry.entries import CustomerEntry
    from shouxin.operations.server.credentials import Credentials
    from shouxin.operations.server.postgres import Cluster
    from tests.world import World

RESULTS = Path(__file__).parent / "results"
SEED = 20261121
BATCH = 2_000
ROUNDS = 5
AES_256_GCM = 1  # the suite of an organisation that chooses none
EARLIEST, LATEST = date(1955, 1, 1), date(2004, 12, 31)  # births


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is measured: `quick` is for a look, `full` for docs/performance.md."""

    name: str
    customers: int
    rounds: int
    seconds: float  # of one side of one round

    @classmethod
    def of(cls, *, full: bool) -> "Profile":
        return cls("full", 100_000, 7, 5.0) if full else cls("quick", 10_000, ROUNDS, 1.5)

    def folder(self) -> Path:
        """Where its results stand."""
        folder = RESULTS / "quick" if self.name == "quick" else RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def keep_seconds(profile: Profile, whole: float) -> None:
    """Note how long all lines of a profile took, one after the other."""
    content = {"minutes": round(whole / 60, 1), "machine": machine()}
    (profile.folder() / "whole.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@dataclass(slots=True)
class Side:
    """One side of a comparison: its rate in every round."""

    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rates)

    @property
    def best(self) -> float:
        return max(self.rates)


@dataclass(frozen=True, slots=True)
class Bench:
    """The organisation that is measured, and how to reach its database."""

    world: "World"
    known: "Credentials"
    database: str
    data: Path
    profile: Profile

    def tell_processes(self) -> None:
        """Write where processes of their own find the database that is measured."""
        from shouxin.operations.server import credentials

        known = replace(self.known, name=self.database)
        credentials.write(self.data / "run" / "database.json", known)


def prepare(ready: Path | None = None) -> Path:
    """A data folder of the run's own, before Django reads its settings; laid out from one made `ready`, if given."""
    folder = Path(tempfile.mkdtemp(prefix="shouxin-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    data = folder / "data"
    if ready is not None:
        _copy(ready / "data", data)
    for name in ("keys", "run", "static", "logs"):
        (data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["SHOUXIN_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    from shouxin.operations.server import environment

    environment.make_secret_key(data)
    import django

    django.setup()
    from shouxin.kit.startup import settle

    settle()  # as every process of the product does
    return data


def _copy(source: Path, target: Path) -> None:
    """A copy with its owners: PostgreSQL steps down to a system user when root runs it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("socket", "postmaster.pid"))
    for file in [target, *target.rglob("*")]:
        owner = (source / file.relative_to(target)).stat()
        os.chown(file, owner.st_uid, owner.st_gid)


def make_ready(folder: Path) -> None:
    """An organisation with its rules in force, for every line of a run to begin with: `folder`/data, at rest."""
    data = prepare()
    cluster = _found(data, Profile.of(full=False), AES_256_GCM)[1]
    cluster.stop()
    _copy(data, folder / "data")


def found(data: Path, profile: Profile, suite: int = AES_256_GCM) -> Bench:
    """Start PostgreSQL with the settings the product ships (durable), migrate, put the rules in force; or what of it
    stands in `data` already.
    """
    return _found(data, profile, suite)[0]


def _found(data: Path, profile: Profile, suite: int) -> "tuple[Bench, Cluster]":
    from shouxin.operations.server.postgres import Cluster, create_database
    from shouxin.vault.services import PLANNED
    from tests.harness.database import TEMPLATE, _migrate, point_django_at, superuser
    from tests.register import rules_in_force
    from tests.world import build

    log = (data / "logs" / "postgres.log").open("ab")
    there = (data / "postgres").exists()
    cluster = Cluster(data)
    known = cluster.start(log)
    atexit.register(cluster.stop)
    _silence()
    name = (
        "benchmark" if suite == AES_256_GCM else f"benchmark_{suite}"
    )  # of other keys, so founded by itself
    with superuser(known, "postgres") as connection:
        if not there:
            create_database(connection, known, TEMPLATE)
            _migrate(known)
            connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS true")
        if not there or suite != AES_256_GCM:
            create_database(connection, known, name, TEMPLATE)
    point_django_at(known, name)
    if there and suite == AES_256_GCM:
        return Bench(standing(), known, name, data, profile), cluster
    if there:
        _forget_keys(data)
    world = build()
    rules_in_force(world, planned=PLANNED, suite=suite)
    return Bench(world, known, name, data, profile), cluster


def standing() -> "World":
    """The organisation as it is in the database."""
    from shouxin.people.models import Department, Staff
    from tests.world import CAST, DEPARTMENTS, ORGANISATION, World

    departments = {row.name: row for row in Department.objects.all()}
    people = {row.user_name: row for row in Staff.objects.filter(user_name__in=CAST)}
    world = World()
    world.departments = {
        key: departments[name] for key, name in (("top", ORGANISATION), *DEPARTMENTS.items())
    }
    world.people = {key: people[key] for key in CAST}
    return world


def _forget_keys(data: Path) -> None:
    """Those of the organisation that was made ready; the key of sessions stays, with which settings were read."""
    for file in (data / "keys").iterdir():
        if file.name != "session.key":
            file.unlink()


def _silence() -> None:
    import logging

    logging.disable(logging.INFO)


def people(count: int, *, seed: int = SEED) -> Iterator[dict[str, str]]:
    """Profiles of demonstration persons, as the demonstration organisation has them."""
    from shouxin.operations.demo.generation import generate

    # Two customers in three are persons.
    wanted, made = count, int(count * 1.6) + 100
    for customer in generate(seed, made).customers:
        if customer.kind == "person" and not customer.flaws and wanted:
            wanted -= 1
            yield dict(customer.values)


def entry(bench: Bench, values: dict[str, str]) -> "CustomerEntry":
    """A person of the sales department, nobody in particular responsible."""
    from shouxin.customers.registry.entries import CustomerEntry
    from shouxin.customers.registry.models import Kind, Scope
    from shouxin.customers.registry.rules import Kept

    sales = bench.world.departments["sales"].id
    kept = {key: Kept(text, 1) for key, text in values.items()}
    return CustomerEntry(Kind.PERSON, kept, sales, Scope.DEPARTMENT)


def batches(rows: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def interleave(bench: Bench, ours: Callable[[], float], baseline: Callable[[], float]) -> tuple[Side, Side]:
    """A B A B …; each call does its work and gives its rate. A first pair warms up and is thrown away."""
    mine, bare = Side(), Side()
    for number in range(bench.profile.rounds + 1):
        rates = ours(), baseline()
        if number:
            mine.rates.append(rates[0])
            bare.rates.append(rates[1])
    return mine, bare


def rate_within(seconds: float, work: Callable[[], object]) -> float:
    """How often a second `work` runs, for about `seconds`."""
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        work()
        count += 1
    return count / spent


def told(rate: float) -> float:
    """As it is kept: one digit behind the point, or four that say something."""
    return round(rate, 1) if rate >= 100 else float(f"{rate:.4g}")


def machine() -> str:
    """One line about where this ran."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    kib = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} × {model}, {kib // 1024**2} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before {load:.1f}"
    )


@dataclass(slots=True)
class Result:
    """What one line came to; `must` and `want` are the targets of docs/performance.md for `judged`."""

    line: str
    name: str
    size: str
    unit: str
    ours: Side
    baseline: Side
    baseline_name: str
    unprotected: str
    must: float
    want: float
    judged: str = "ratio"  # what the targets speak of: "ratio" or "figure"
    limits: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # entry of `more`: must, want; at most
    more: dict[str, Any] = field(default_factory=dict)

    def write(self, profile: Profile, where: str) -> None:
        """Print it, and keep it in benchmarks/results, or in its folder `quick`."""
        ratio = self.ours.median / self.baseline.median
        value = ratio if self.judged == "ratio" else self.ours.median
        within = [all(self.more[key] <= pair[n] for key, pair in self.limits.items()) for n in (0, 1)]
        content = {
            "line": self.line,
            "name": self.name,
            "size": self.size,
            "figure": told(self.ours.median),
            "figure_best": told(self.ours.best),
            "unit": self.unit,
            "baseline": told(self.baseline.median),
            "baseline_best": told(self.baseline.best),
            "baseline_name": self.baseline_name,
            "baseline_does_not_protect": self.unprotected,
            "ratio": round(ratio, 3),
            "judged": self.judged,
            "must": self.must,
            "want": self.want,
            **{f"{key}_at_most": list(pair) for key, pair in self.limits.items()},
            "met_must": value >= self.must and within[0],
            "met_want": value >= self.want and within[1],
            "rounds": len(self.ours.rates),
            "seed": SEED,
            "machine": where,
            "profile": profile.name,
            **self.more,
        }
        path = profile.folder() / f"{self.line}.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"line {self.line}: {self.name} ({self.size})")
        print(f"  ours      {self.ours.median:12,.0f} {self.unit} (best {self.ours.best:,.0f})")
        print(f"  baseline  {self.baseline.median:12,.0f} {self.unit} (best {self.baseline.best:,.0f})")
        print(f"            {self.baseline_name}; it does not protect: {self.unprotected}")
        verdict = "want met" if content["met_want"] else "must met" if content["met_must"] else "must NOT met"
        print(
            f"  ratio     {ratio:12.3f}   must {self.must:g}, want {self.want:g} of {self.judged}: {verdict}"
        )
        for key, extra in self.more.items():
            print(f"  {key}: {extra}")
        print(f"  {len(self.ours.rates)} rounds, seed {SEED}; {where}", flush=True)
