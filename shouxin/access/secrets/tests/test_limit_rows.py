"""Lists end at a number of rows a day, trade secrets in bulk at those named; two pages at once never exceed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from shouxin.access.secrets import services
from shouxin.access.secrets.models import SecretReader
from shouxin.core.policy import NotAllowed, Refusal, Role
from shouxin.customers.registry import listing, queries
from shouxin.customers.registry.models import Record
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.search import search
from shouxin.gate import limits
from shouxin.gate.models import RowUse
from shouxin.gate.services import Refused
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.leaving import services as leaving
from shouxin.people.models import Staff
from tests.register import PHONE, SALES, Register
from tests.world import World


def used(register: Register, rows: int, secret: int = 0, who: str = "clerk") -> None:
    """As if the person had seen so many rows today."""
    RowUse.objects.update_or_create(
        staff=register.world.people[who],
        day=limits.day_of(clock.now()),
        defaults={"rows": rows, "secret_rows": secret},
    )


def listed(register: Register, who: str = "clerk", *, secrets: bool = False) -> int:
    page = listing.page(
        actor=register.world.actor(who),
        purpose=SALES,
        filters=Filters(),
        now=clock.now(),
        secrets=secrets,
    )
    return len(page.customers)


def name(world: World, role: Role = Role.CLERK, rows: int = 200) -> SecretReader:
    now = clock.now()
    asked = services.ask(
        actor=world.actor("sales_head"),
        role=role,
        department=world.departments["sales"].id,
        daily_rows=rows,
        until=now + timedelta(days=90),
        reason="按客户需求备货",
        now=now,
    )
    return services.decide(actor=world.actor("officer"), entry=asked.id, approve=True, now=now)


@pytest.mark.clause("D1.1")
def test_a_list_that_would_exceed_the_day_is_refused_and_says_what_works(
    register: Register, client: Client
) -> None:
    used(register, limits.LIST_ROWS - 3)
    assert listed(register) == 3
    with pytest.raises(Refused) as refused:
        listed(register)
    assert refused.value.refusal.code == "rows.daily-limit"
    assert RowUse.objects.get().rows == limits.LIST_ROWS
    assert Entry.objects.filter(event="read.refused").count() == 1
    client = register.world.signed_in(client, "clerk")
    session = client.session
    session["purpose"] = SALES
    session.save()
    answer = client.get("/customers/")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert f"今天的列表行数已用完（{limits.LIST_ROWS} 行）" in page
    assert "/customers/find/" in page


def browser(register: Register, who: str) -> Client:
    found = register.world.signed_in(Client(), who)
    session = found.session
    session["purpose"] = SALES
    session.save()
    return found


def test_another_browser_and_a_second_log_in_are_no_second_day(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack: trade secrets of many, a few rows in each session and under each log-in of one person."""
    monkeypatch.setattr(limits, "BULK", 2)
    name(register.world, rows=7)
    Staff.objects.filter(user_name="newcomer").update(
        person=register.world.staff("clerk").person, roles=["clerk"]
    )
    page = "/customers/?secrets=1"
    assert [browser(register, who).get(page).status_code for who in ("clerk", "newcomer")] == [200, 200]
    assert RowUse.objects.get().secret_rows == 6
    for who in ("clerk", "newcomer"):
        answer = browser(register, who).get(page)
        assert answer.status_code == 403
        assert "7 行" in answer.content.decode()
    assert "商业秘密已用 6 行，共 7 行" in browser(register, "newcomer").get("/customers/").content.decode()


def test_the_one_customer_one_needs_is_still_found(register: Register) -> None:
    used(register, limits.LIST_ROWS)
    found = search(actor=register.world.actor("clerk"), purpose=SALES, term=PHONE, now=clock.now())
    assert len(found.customers) == 1
    assert RowUse.objects.get().rows == limits.LIST_ROWS + 1


def test_an_announced_departure_cuts_the_day(register: Register) -> None:
    used(register, limits.DEPARTING_ROWS)
    assert listed(register) == 3
    leaving.announce(
        actor=register.world.actor("system_admin"),
        staff_id=register.world.people["clerk"].id,
        last_day=clock.today() + timedelta(days=20),
        now=clock.now(),
    )
    with pytest.raises(Refused) as refused:
        listed(register)
    assert str(limits.DEPARTING_ROWS) in refused.value.refusal.reason.zh


@pytest.mark.clause("D1.1")
def test_trade_secrets_of_many_are_for_those_named(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BULK", 2)
    assert listed(register) == 3  # without those columns nothing is asked
    with pytest.raises(Refused) as refused:
        listed(register, secrets=True)
    assert refused.value.refusal.code == "secret.not-named"
    assert [way.code for way in refused.value.refusal.ways_out] == ["plain_list", "ask_head"]
    entry = name(register.world, rows=5)
    assert listed(register, secrets=True) == 3
    with pytest.raises(Refused) as refused:
        listed(register, secrets=True)
    assert refused.value.refusal.code == "secret.daily-limit"
    services.end(actor=register.world.actor("sales_head"), entry=entry.id, now=clock.now())
    used(register, 0)
    with pytest.raises(Refused, match=r"secret\.not-named"):
        listed(register, secrets=True)


def test_a_name_is_of_one_department_one_role_and_until_a_day(register: Register) -> None:
    world = register.world
    entry = name(world)
    assert limits.secret_rows(world.actor("clerk"), clock.now()) == 200
    assert limits.secret_rows(world.actor("sales_head"), clock.now()) == 0  # a head there, not a clerk
    assert limits.secret_rows(world.actor("agent"), clock.now()) == 0
    assert limits.secret_rows(world.actor("clerk"), entry.until) == 0


def test_many_orders_of_one_customer_are_a_list_too(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BULK", 2)
    order = Record.objects.get(id=register.records["order"])
    for _ in range(3):
        Record.objects.create(
            customer=order.customer, kind="order", created_by=order.created_by, created_at=order.created_at
        )
    actor, row = register.world.actor("clerk"), order.customer
    kept, withheld, counted = queries._shown_records(actor, row, ["line_sales"], clock.now())
    assert (sum(record.kind == "order" for record in kept), withheld, counted) == (2, 2, 0)
    name(register.world)
    kept, withheld, counted = queries._shown_records(actor, row, ["line_sales"], clock.now())
    assert (sum(record.kind == "order" for record in kept), withheld, counted) == (4, 0, 4)


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_once_never_exceed(world: World) -> None:
    actor, now = world.actor("clerk"), clock.now()

    def page(_: int) -> Refusal | None:
        try:
            return limits.take(actor=actor, rows=300, secret=0, few_are_free=False, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(page, range(10)))
    assert answers.count(None) == limits.LIST_ROWS // 300
    assert RowUse.objects.get().rows == limits.LIST_ROWS // 300 * 300


def test_nobody_names_alone(world: World) -> None:
    now = clock.now()
    asked = services.ask(
        actor=world.actor("sales_head"),
        role=Role.CLERK,
        department=world.departments["sales"].id,
        daily_rows=10,
        until=now + timedelta(days=9),
        reason="备货",
        now=now,
    )
    with pytest.raises(NotAllowed):
        services.decide(actor=world.actor("sales_head"), entry=asked.id, approve=True, now=now)
    Staff.objects.filter(id=world.people["officer"].id).update(person=world.staff("sales_head").person)
    with pytest.raises(services.SecretProblem, match=r"approver\.same-person"):
        services.decide(actor=world.actor("officer"), entry=asked.id, approve=True, now=now)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"role": Role.SUPERVISOR}, r"role\.reads-nothing"),
        ({"daily_rows": limits.LIST_ROWS + 1}, r"rows\.range"),
        ({"until": clock.now() + timedelta(days=400)}, r"until\.range"),
        ({"reason": " "}, r"reason\.missing"),
    ],
)
def test_an_entry_is_bounded(world: World, changed: dict[str, object], code: str) -> None:
    now = clock.now()
    given: dict[str, object] = {
        "role": Role.CLERK,
        "department": world.departments["sales"].id,
        "daily_rows": 10,
        "until": now + timedelta(days=9),
        "reason": "备货",
        **changed,
    }
    with pytest.raises(services.SecretProblem, match=code):
        services.ask(actor=world.actor("sales_head"), now=now, **given)  # type: ignore[arg-type]


def test_the_screen_asks_and_decides(register: Register, client: Client) -> None:
    world = register.world
    client = world.signed_in(client, "sales_head")
    page = "/access/secrets/"
    wanted = {
        "department": str(world.departments["sales"].id),
        "role": "clerk",
        "daily_rows": "50",
        "until": (clock.today() + timedelta(days=30)).isoformat(),
        "reason": "备货",
    }
    assert client.post(page, wanted).status_code == 302
    entry = SecretReader.objects.get()
    officer = world.signed_in(Client(), "officer")
    assert "待我审批的商业秘密列名" in officer.get("/").content.decode()
    officer.post(f"{page}{entry.id}/approve/")
    clerk = world.signed_in(Client(), "clerk")
    session = clerk.session
    session["purpose"] = SALES
    session.save()
    shown = clerk.get("/customers/?secrets=1").content.decode()
    assert "<th>客户需求</th>" in shown
    assert "商业秘密已用 3 行，共 50 行" in shown
