"""`shouxin demo` fills an empty database through the services, once, whatever happens to it on the way."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from shouxin.access.duties_and_rights.queries import table, without_responsible
from shouxin.access.grants.models import StandingGrant
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record
from shouxin.gate.models import Contact
from shouxin.kit import clock
from shouxin.operations.demo import apps, filling, inviting, queries, story
from shouxin.operations.demo.generation import UNTIL, generate
from shouxin.operations.demo.load import CUSTOMERS, SEED, Loaded, load_if_empty
from shouxin.operations.demo.models import DemonstrationMark
from shouxin.operations.server.credentials import Credentials
from shouxin.operations.server.problems import ServerProblem
from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.people.second_factor.proofs import Code
from shouxin.people.second_factor.services import Outcome, prove
from shouxin.people.signin import StaffBackend
from tests.harness.server import until
from tests.world import World

FEW, SENT = 60, len(inviting.VISITORS)
ALL = FEW + SENT
pytestmark = pytest.mark.django_db(transaction=True)


def rows(superuser: psycopg.Connection) -> Counter[str]:
    """How many rows every table holds, the journal's included."""
    names = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    counted = Counter[str]()
    for (name,) in names:
        found = superuser.execute(f'SELECT count(*) FROM "{name}"').fetchone()
        counted[name] = found[0] if found else 0
    return counted


def events(superuser: psycopg.Connection) -> Counter[str]:
    found = superuser.execute("SELECT event, count(*) FROM journal_entry GROUP BY event").fetchall()
    return Counter(dict(found))


def test_the_accounts_it_names_can_sign_in() -> None:
    found = load_if_empty(customers=FEW)
    backend = StaffBackend()
    assert {"yuanfei", "songtao", "caomin", "pengyu", "zengqi", "xiaolan", "tianlei"} <= {
        account.user_name for account in found.accounts
    }
    for account in found.accounts:
        staff = backend.authenticate(None, account.user_name, account.password)
        assert staff is not None, account.user_name
        assert not staff.must_change_password
        assert account.name == staff.display_name


def test_whose_role_needs_a_second_factor_has_one_and_the_command_shows_its_code() -> None:
    found = load_if_empty(customers=FEW)
    with_factor = {account.user_name for account in found.accounts if account.second_factor}
    assert with_factor == {"caomin", "pengyu", "zengqi", "xiaolan"}
    officer = people.actor_of(Staff.objects.get(user_name="caomin"))
    shown = apps.shown("caomin", clock.now())  # never one that was used, as that which set the app up was
    outcome = prove(actor=officer, proof=Code(shown.code), address="127.0.0.1", place="sign_in")
    assert outcome is Outcome.PASSED
    with pytest.raises(ServerProblem) as problem:
        apps.shown("yuanfei", clock.now())
    assert problem.value.code == "no-second-factor"


def test_no_code_is_shown_where_people_are_real(world: World) -> None:
    world.code("officer")
    with pytest.raises(ServerProblem) as problem:
        apps.shown("officer", clock.now())
    assert problem.value.code == "no-demonstration"


def test_a_second_start_changes_nothing_and_names_the_same_accounts(superuser: psycopg.Connection) -> None:
    first = load_if_empty(customers=FEW)
    before = rows(superuser)
    again = load_if_empty(customers=FEW)
    assert not again.fresh
    assert again.accounts == first.accounts
    assert rows(superuser) == before


def test_a_database_with_real_people_is_left_alone(world: World, superuser: psycopg.Connection) -> None:
    before = rows(superuser)
    assert load_if_empty(customers=FEW) == Loaded(demonstration=False)
    assert rows(superuser) == before
    assert not queries.is_demonstration()


def test_a_failure_in_the_middle_leaves_the_database_empty(
    monkeypatch: pytest.MonkeyPatch, superuser: psycopg.Connection
) -> None:
    before = rows(superuser)
    with monkeypatch.context() as patch:
        patch.setattr(filling, "scope_of", lambda _customer: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load_if_empty(customers=FEW)
    assert rows(superuser) == before
    assert load_if_empty(customers=FEW).fresh
    assert Customer.objects.count() == ALL


@pytest.mark.parametrize("cut_after", [1, 3, 6])
def test_a_story_cut_off_goes_on_without_doubling(
    monkeypatch: pytest.MonkeyPatch, superuser: psycopg.Connection, cut_after: int
) -> None:
    whole = story.scenes()

    def stop(_organisation: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(story, "scenes", lambda: [*whole[:cut_after], stop])
        with pytest.raises(KeyboardInterrupt):
            load_if_empty(customers=FEW)
    # The last scene had happened, only its count was lost: it must not happen twice.
    DemonstrationMark.objects.update(scenes_played=cut_after - 1)
    assert not load_if_empty(customers=FEW).fresh
    told = events(superuser)
    assert told["contact.opened"] == Contact.objects.count()
    assert len(set(Contact.objects.values_list("staff", "customer_id"))) == Contact.objects.count()
    assert StandingGrant.objects.count() == told["grant.proposed"] == 8
    assert Customer.objects.count() == told["customer.created"] == ALL


LOADER = f"""
import json, os, sys
from pathlib import Path
import django
django.setup()
from shouxin.operations.server.credentials import parse
from tests.harness.database import point_django_at
point_django_at(parse(json.loads(sys.stdin.readline())), sys.argv[1])
from shouxin.operations.demo.generation import UNTIL, generate
from shouxin.operations.demo.load import load_if_empty
load_if_empty(customers={CUSTOMERS})
"""
WRITING = "SELECT 1 FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation = %s::regclass"


def test_killed_while_loading_it_starts_anew(
    cluster: Credentials, test_database: str, superuser: psycopg.Connection
) -> None:
    before = rows(superuser)
    with subprocess.Popen(
        [sys.executable, "-c", LOADER, test_database],
        stdin=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "shouxin.settings"},
        cwd=Path(__file__).resolve().parents[4],
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(cluster.as_json()) + "\n")
        process.stdin.flush()
        until(lambda: superuser.execute(WRITING, ["customers_customer"]).fetchone(), "customers being stored")
        process.send_signal(signal.SIGKILL)
    assert rows(superuser) == before
    assert load_if_empty(customers=FEW).fresh
    assert Customer.objects.count() == ALL
    assert events(superuser)["customer.created"] == ALL


def test_the_people_who_wait_have_something_on_their_workbench() -> None:
    load_if_empty(customers=FEW)
    head = people.actor_of(Staff.objects.get(user_name="songtao"))
    waiting = people.waiting_roles(actor=head).select_related("staff", "granted_by")
    assert [row.staff.user_name for row in waiting if people.may_confirm(actor=head, assignment=row)] == [
        "linshu"
    ]
    assert StandingGrant.objects.filter(state="pending").count() == 1


def test_orders_contracts_and_talks_came_with_their_customers() -> None:
    load_if_empty(customers=FEW)
    kinds = Counter(Record.objects.values_list("kind", flat=True))
    assert all(kinds[kind] > 0 for kind in ("contact", "order", "contract", "interaction"))
    clerk = people.actor_of(Staff.objects.get(user_name="yuanfei"))
    assert registry.visible(clerk).filter(responsible_id=clerk.id).exists()


def test_nothing_is_collected_before_it_happened() -> None:
    made = generate(SEED, 400)
    for collected, customers in filling.batches(made, UNTIL):
        for customer in customers:
            for record in customer.records:
                for key in ("order_date", "interaction_at", "contract_signed_on"):
                    assert record.values.get(key, "")[:10] <= collected.at.date().isoformat()


def test_departments_with_customers_have_somebody_who_answers_for_them() -> None:
    load_if_empty(customers=FEW)
    officer = people.actor_of(Staff.objects.get(user_name="caomin"))
    assert not without_responsible(officer).exists()
    lines = {line.department.name: line.findings for line in table(officer, clock.now())}
    assert lines["销售部"] == lines["客服部"] == lines["租赁部"] == lines["市场部"] == []
    assert lines["信息技术部"]  # one that nobody has seen to yet shows what a difference looks like
