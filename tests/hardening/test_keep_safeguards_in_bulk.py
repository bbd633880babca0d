"""Work on many values keeps every safeguard: take one away, and this says so for an import and an access package.

Measured are the run of an import and the making of a package (docs/performance.md, lines 5, 6 and 8). As with reads
(`test_keep_safeguards_at_speed`): an attack must bring nothing, and must succeed without the safeguard. It begins when
all that comes before the measured work was done by the right person and everything was in order.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, ClassVar
from uuid import UUID
from zipfile import ZipFile

import psycopg
import pytest
from django.db import DatabaseError

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, NotAllowed, customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.services import How
from shouxin.customers.intake import agreeing, drafts, jobs, running
from shouxin.customers.intake import services as intake
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Scope
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Kind
from shouxin.rights.cases.recording import PURPOSE
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.rights.packages import keeping, services
from shouxin.rulebook.purposes.models import Purpose
from shouxin.vault.errors import VaultError
from tests.hardening.safeguards import (
    asked_every_time,
    full_journal,
    keys_for_ever,
    no_journal,
    no_permit,
    no_root_key,
    remembered_facts,
)
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
MARKETING = "marketing"
REFUSALS = (gate.Refused, VaultError, CryptoError, DatabaseError, CaseProblem, NotAllowed)


@dataclass
class Work(ABC):
    """One kind of work, made ready by the right person, and then done."""

    register: Register
    events: ClassVar[tuple[str, ...]]  # by which it is journalled

    @abstractmethod
    def get_ready(self) -> None:
        """All that comes before what is measured."""

    @abstractmethod
    def lose_right(self) -> None:
        """Whoever does it may not do it any more."""

    @abstractmethod
    def lose_permit(self) -> None:
        """What the gate allowed is not allowed any more, though whoever does it still may."""

    @abstractmethod
    def bring(self) -> bool:
        """Do what is measured; whether anything comes of it: a value in the register, or a value in clear."""

    def brings(self) -> bool:
        try:
            return self.bring()
        except REFUSALS:
            return False


@dataclass
class Import(Work):
    """A file with somebody new, and something more of somebody who is there already."""

    events = ("customer.created", "customer.changed", "batch.imported")
    purpose: str = SALES
    keys: tuple[str, ...] = ("person_name", "customer_no", "email")
    rows: tuple[tuple[str, ...], ...] = (
        ("欧阳春", "N-1", "chun@example.cn"),
        ("张伟", "张伟-10002", "zhang@example.cn"),
    )
    batch: UUID = field(init=False)

    def get_ready(self) -> None:
        batch = cast.upload(self.register, cast.table(self.keys, *self.rows), "n.csv")
        self.batch = batch.id
        sheet = drafts.opened(batch).sheets[0].name
        cast.decide(self.register, batch.id, columns={sheet: self.keys}, purpose=self.purpose)
        cast.check(self.register, batch.id)
        intake.start(actor=self.register.world.actor("clerk"), batch=batch.id, now=clock.now())

    def lose_right(self) -> None:
        cast.end_role(self.register)

    def lose_permit(self) -> None:
        head = self.register.world.people["sales_head"].id
        Customer.objects.filter(id=self.register["zhang"]).update(scope=Scope.OWN, responsible_id=head)

    def bring(self) -> bool:
        jobs.work_run(batch=self.batch, now=clock.now())
        return "zhang@example.cn" in {one.values.get("email") for one in cast.kept().values()}


@dataclass
class Package(Work):
    """Everything that is kept about a person, as an archive."""

    events = ("rights.package_made", "rights.package_frozen")
    case: Case = field(init=False)
    who: str = "clerk"

    def get_ready(self) -> None:
        self.case = in_hand(self.register, Kind.ACCESS)

    def lose_right(self) -> None:
        self.who = "sales_head"  # may deal with requests, but not with this one

    def lose_permit(self) -> None:
        Purpose.objects.filter(key=PURPOSE).update(status=Purpose.Status.RETIRED)

    def bring(self) -> bool:
        actor, now = self.register.world.actor(self.who), clock.now()
        services.assemble(actor=actor, case=self.case.id, now=now)
        made = services.freeze(actor=actor, case=self.case.id, withheld={}, now=now)
        archive = ZipFile(BytesIO(b"".join(keeping.file_in(keeping.key_of(made), made))))
        return PHONE in archive.read("data.json").decode()


def withdrawn_meanwhile(register: Register) -> Import:
    """A value for somebody who agreed to what it is for, and took that back after the file was checked."""
    now, person = clock.now(), customer_actor(register["zhang"])
    page = pages.present(purpose=MARKETING, language="zh-hans", now=now)
    consents.decide(
        actor=person,
        customer=person.id,
        shown=page.sha256,
        ticked=frozenset({"general"}),
        how=How(Channel.COUNTER),
        now=now,
    )
    values = {
        "person_name": "张伟",
        "customer_no": "张伟-10002",
        "email": "zhang@example.cn",
        agreeing.PAGE: page.sha256,
        agreeing.DAY: f"{clock.today(now):%Y-%m-%d}",
        agreeing.WAY: "当面",
    }
    work = Import(register, MARKETING, tuple(values), (tuple(values.values()),))
    work.get_ready()
    consents.withdraw(
        actor=person, customer=person.id, purpose=MARKETING, how=How(Channel.PORTAL), now=clock.now()
    )
    return work


WORK: dict[str, type[Work]] = {"import": Import, "package": Package}


Attack = Callable[[Work, psycopg.Connection[Any]], Iterator[Callable[[], bool]]]


def without_right(work: Work, _: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    work.lose_right()
    yield work.brings


def without_permit(work: Work, _: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    work.lose_permit()
    yield work.brings


def without_trace(work: Work, superuser: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    """Whether something comes of it of which no other connection finds an entry by then."""

    def entries() -> Any:
        return superuser.execute(
            "SELECT event, count(*) FROM journal_entry WHERE event = ANY(%s) GROUP BY event ORDER BY event",
            [list(work.events)],
        ).fetchall()

    def attack() -> bool:
        before = dict(entries())
        brought, after = work.brings(), dict(entries())
        return brought and any(after.get(one, 0) == before.get(one, 0) for one in work.events)

    yield attack


def while_nothing_is_recorded(work: Work, superuser: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    with full_journal(superuser):
        yield work.brings


def without_keys(work: Work, _: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    with no_root_key():
        yield work.brings


def rights_of_before(patch: pytest.MonkeyPatch) -> None:
    """Whoever could import when the file was checked still can, and requests are anybody's to deal with."""
    known: dict[UUID, Actor] = {}
    look = running.importer

    def remember(batch: ImportBatch) -> Actor:
        return known.get(batch.id) or known.setdefault(batch.id, look(batch))

    patch.setattr(running, "importer", remember)
    patch.setattr(services, "handled", lambda _actor, case, *_states: Case.objects.get(id=case))


ATTACKS: dict[str, tuple[Attack, Callable[[pytest.MonkeyPatch], None]]] = {
    "right": (without_right, rights_of_before),
    "permit": (without_permit, no_permit),
    "journal, committed": (without_trace, no_journal),
    "journal, or nothing": (while_nothing_is_recorded, no_journal),
    "fail closed": (without_keys, keys_for_ever),
}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from asked_every_time(monkeypatch)


@pytest.mark.parametrize("safeguard", ATTACKS)
@pytest.mark.parametrize("kind", WORK)
def test_work_on_many_values_keeps_the_safeguard(
    register: Register, superuser: psycopg.Connection[Any], kind: str, safeguard: str
) -> None:
    work = WORK[kind](register)
    work.get_ready()
    for attack in ATTACKS[safeguard][0](work, superuser):
        assert not attack()


@pytest.mark.parametrize("safeguard", ATTACKS)
@pytest.mark.parametrize("kind", WORK)
def test_without_the_safeguard_the_attack_succeeds(
    register: Register,
    superuser: psycopg.Connection[Any],
    kind: str,
    safeguard: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = WORK[kind](register)
    attack, remove = ATTACKS[safeguard]
    with monkeypatch.context() as patch:
        remove(patch)
        work.get_ready()
        for trying in attack(work, superuser):
            assert trying()


@pytest.mark.parametrize("kind", WORK)
def test_whoever_may_does_it(register: Register, kind: str) -> None:
    work = WORK[kind](register)
    work.get_ready()
    assert work.brings()


def test_an_import_brings_nothing_for_what_was_taken_back_meanwhile(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is held about a person is theirs to have whatever they agreed to (PIPL 45): packages ask for none."""
    assert not withdrawn_meanwhile(register).brings()
    with monkeypatch.context() as patch:
        remembered_facts(patch)
        patch.setattr(agreeing.Standing, "obstacle", lambda *_asked: "")  # the import looks as well
        assert withdrawn_meanwhile(register).brings()
