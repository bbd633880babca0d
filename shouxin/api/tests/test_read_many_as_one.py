"""Many customers read at once are answered as each is alone, whatever stands about them, and with what they told us."""

import random
from collections import Counter
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from shouxin.access.highrisk.tests.conftest import mark, mark_field
from shouxin.api.tests.conftest import Make, Program
from shouxin.core import identifiers
from shouxin.core.policy import GroupState, service_actor
from shouxin.core.policy.refusals import LEFT_OUT
from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.customers.quality import services as quality
from shouxin.customers.quality.services import Seen
from shouxin.customers.registry import exchange, services
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, RecordKind, Scope
from shouxin.gate import again, lots
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock, ids
from shouxin.kit.statements import execute
from shouxin.vault import queries as vault
from shouxin.vault import services as sealing
from tests.register import FOOTING, SALES, Register, kept
from tests.test_ask_of_many_at_once import stop

pytestmark = pytest.mark.django_db
PROFILE = ("person_name", "mobile", "customer_no", "email", "segment", "gender", "id_number", "wechat_id")
RECORDS = ("contact_name", "contact_mobile", "order_no", "line_no", "product_name")
CLEAR = ("person_name", "mobile", "contact_mobile", "gender", "email")
Stored = dict[UUID, dict[str, str]]


def store(register: Register, chance: random.Random) -> Stored:
    """People and firms of whom more or less is known, with and without records; what each told us."""
    entries, known = list[CustomerEntry](), list[dict[str, str]]()
    sales, clerk = register.world.departments["sales"].id, register.world.actor("clerk")
    for n in range(24):
        every = {
            "mobile": f"138{n:08}",
            "email": f"a{n}@example.cn",
            "segment": chance.choice(("消费者", "企业")),
            "gender": chance.choice(("男", "女")),
            "wechat_id": f"wechat_{n}",
            "id_number": "11010519491231002X",
        }
        values = {key: text for key, text in every.items() if chance.random() < 0.6}
        values |= {"person_name": f"钱多{chance.choice('甲乙丙丁')}", "customer_no": f"A-{n:05}"}
        records = [
            RecordEntry(
                RecordKind.CONTACT, kept({"contact_name": f"陈静{m}", "contact_mobile": f"135{n:04}{m:04}"})
            )
            for m in range(chance.choice((0, 0, 1, 3)))
        ]
        if chance.random() < 0.3:
            lines = {"order_no": f"CN-{n}", "line_no": '["1", "2"]', "product_name": '["办公椅", "会议桌"]'}
            records.append(RecordEntry(RecordKind.ORDER, kept(lines)))
        responsible = chance.choice((None, clerk.id))
        entries.append(
            CustomerEntry(Kind.PERSON, kept(values), sales, Scope.DEPARTMENT, responsible, records=records)
        )
        known.append(values)
    done = services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    return {one.customer: values for one, values in zip(done, known, strict=True)}


def happen(register: Register, chance: random.Random, stored: Stored) -> set[UUID]:
    """Of every few of them something is to be known that closes all or a part, or marks it; of whom a part is gone."""
    gone = set[UUID]()
    everybody = list(stored)
    for number, one in enumerate(everybody):
        register.ids[f"{number}"] = one

    def some(count: int) -> list[UUID]:
        return chance.sample(everybody, count)

    def named(one: UUID) -> str:
        return str(everybody.index(one))

    for one in some(6):
        seen = Seen(one, Customer.objects.get(id=one).revision, {one: ["person_name", "customer_no"]})
        quality.verify(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            seen=[seen],
            method="called_back",
            now=clock.now(),
        )
    for one in some(3):
        stop(register, named(one), SALES)
    for one in some(12):
        decided(register, "general", name=named(one))
    for one in some(3):
        mark(register, customer=named(one))
    for one in some(6):
        group = chance.choice(sorted(vault.states([one])[one]))
        if chance.random() < 0.5:
            sealing.move_state(actor=service_actor("closing"), groups=[(one, group)], state=GroupState.LOCKED)
        else:
            gone.add(one)
            sealing.destroy_groups(
                actor=service_actor("closing"), groups=[(one, group)], reason="period_over"
            )
    Customer.objects.filter(id__in=some(2)).update(restricted=True)
    Customer.objects.filter(id__in=some(2)).update(
        scope="own", owner_department=register.world.departments["service"]
    )
    for one, into in zip(some(2), some(2), strict=True):
        if one != into:
            Customer.objects.filter(id=one).update(absorbed_by=into)
    execute(
        "UPDATE vault_sealed_record SET sealed = set_byte(sealed, 25, get_byte(sealed, 25) # 1)"
        " WHERE customer_id = ANY(%b::uuid[])",
        (some(2),),
    )
    return gone


@pytest.fixture
def app(program: Make, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setattr(
        "shouxin.people.guarding.services.lists_read", lambda **_: None
    )  # nobody here carries off a list
    return program(readable=(*PROFILE, *RECORDS), clear=CLEAR, purposes=[SALES, MARKETING], per_minute=60_000)


def alone(app: Program, one: UUID, **asked: Any) -> dict[str, Any]:
    """As `one` is answered when nobody else is asked for."""
    status, answer = app.read(one, **asked)
    return dict(answer["results"][0]) if status == 200 else {"code": answer["code"]}


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer says of a customer, wherever it stands; of a refusal its code."""
    if "code" in answer:
        return {"code": answer["code"]}
    return {key: value for key, value in answer.items() if key != "position"}


def true(values: dict[str, Any], known: dict[str, str]) -> None:
    """Every value is the customer's own, as far as its form shows it."""
    rules = rulebooks["rulebook"].fields()
    for key, value in values.items():
        if value["broken"]:
            assert value["text"] is None
            continue
        masked = identifiers.masker(rules[key].masking_rule, "list")
        expected = {"clear": known[key], "hidden": None, "masked": masked(known[key])}
        assert value["text"] == expected[value["form"]], key


@pytest.mark.parametrize("seed", range(3))
def test_many_are_answered_as_each_is_alone(
    register: Register, app: Program, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    stored = store(register, chance)
    gone = happen(register, chance, stored)
    if seed % 2:
        mark_field(register, "email")
    numbers = {known["customer_no"]: one for one, known in stored.items() if one not in gone}
    for turn in range(6):
        again.forget()
        most = chance.choice((1, 2, 5, 500))
        monkeypatch.setattr(exchange, "open_lots", partial(lots.open_lots, most=most))
        wanted = chance.choices([*stored, *(ids.new() for _ in range(2))], k=chance.randint(2, 30))
        named = chance.choices([*numbers, "A-99999"], k=chance.randint(0, 6))
        fields = PROFILE if turn % 3 else (*PROFILE[:4], *RECORDS)
        asked = {
            "fields": tuple(chance.sample(fields, chance.randint(1, len(fields)))),
            "purpose": MARKETING if turn == 4 else SALES,
            "form": "token" if turn == 5 else "value",
        }
        if asked["purpose"] == MARKETING:
            asked["fields"] = ("person_name", "segment", "mobile")
        agree(app, stored, [*wanted, *(numbers.get(one, ids.new()) for one in named)], wanted, named, asked)


def agree(
    app: Program,
    stored: Stored,
    everybody: list[UUID],
    wanted: list[UUID],
    named: list[str],
    asked: dict[str, Any],
) -> None:
    expected = [told(alone(app, one, **asked)) for one in everybody]
    twice = [told(alone(app, one, **asked)) for one in everybody]
    assert twice == expected  # decided as the first time
    status, answer = app.read(*wanted, customer_nos=named, **asked)
    if all("code" in one for one in expected):
        assert status >= 400
        assert answer["code"] == expected[0]["code"]
        return
    assert status == 200
    assert [told(one) for one in answer["results"]] == expected
    refused = {one: said["code"] for one, said in zip(everybody, expected, strict=True) if "code" in said}
    assert answer["left_out"] == Counter(code for code in refused.values() if code in LEFT_OUT)
    for one, said in zip(everybody, answer["results"], strict=True):
        if "code" not in said and asked["form"] == "value":
            true(said["values"], stored[one])


@pytest.mark.parametrize("seed", range(2))
def test_tokens_are_resolved_as_each_is_alone(register: Register, app: Program, seed: int) -> None:
    """Beside others of the same customer and of others: what is closed by itself says so, and closes no other."""
    chance = random.Random(seed)
    stored = store(register, chance)
    fields = ("person_name", "email", "mobile", "wechat_id", "gender")
    held = app.read(*stored, fields=fields, form="token")[1]["results"]
    tokens = [value["text"] for one in held for value in one["values"].values()]
    happen(register, chance, stored)
    if seed:
        mark_field(register, "mobile")

    def resolved(*asked: str) -> list[dict[str, Any]]:
        body = {"purpose": SALES, "reason": "delivery", "tokens": list(asked)}
        status, answer = app.call("POST", "tokens:resolve", body)
        assert status == 200, answer
        return list(answer["results"])

    alone = {token: resolved(token)[0] for token in tokens}
    assert {"purpose.refused", "customer.restricted"} <= {str(one.get("code")) for one in alone.values()}
    for _turn in range(8):
        asked = chance.choices(tokens, k=chance.randint(1, 30))
        assert resolved(*asked) == [alone[token] for token in asked]
