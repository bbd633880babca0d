"""How a customer wants to be reached: written down sealed, read leniently, heeded strictly."""

from datetime import UTC, datetime, time

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.customers.preferences import queries, rules, services
from shouxin.customers.preferences.rules import Limits
from shouxin.customers.registry.models import Customer
from shouxin.gate.services import Refused
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import SALES, Register

NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "channel", "now", "code"),
    [
        ({}, "phone", NIGHT, None),
        ({"refused_channels": "电话、短信"}, "phone", NOON, "limits.refused"),
        ({"refused_channels": "电话、短信"}, "email", NOON, None),
        ({"refused_channels": "phone, SMS"}, "sms", NOON, "limits.refused"),
        ({"refused_channels": "全部"}, "post", NOON, "limits.everything"),
        ({"refused_channels": "晚上别打"}, "phone", NOON, "limits.unclear"),
        ({"contact_hours": "09:00-18:00"}, "phone", NOON, None),
        ({"contact_hours": "9:00至18:00"}, "phone", NIGHT, "limits.hours"),
        ({"contact_hours": "下午"}, "phone", NOON, "limits.unclear"),
        ({"contact_hours": "18:00-09:00"}, "phone", NOON, "limits.unclear"),
        ({"contact_hours": "09:00-24:00"}, "phone", NIGHT, None),
    ],
)
def test_what_is_written_is_heeded(
    written: dict[str, str], channel: str, now: datetime, code: str | None
) -> None:
    assert rules.judge(rules.read(written), channel, now) == code


def test_the_law_goes_before_wishes() -> None:
    everything = rules.read({"refused_channels": "全部", "contact_hours": "09:00-10:00"})
    assert rules.judge(everything, "phone", NIGHT, basis="CN-13-1-3") is None
    assert rules.judge(everything, "phone", NIGHT, basis="CN-13-1-2") == "limits.everything"


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw reads what a process reads once
@given(
    refused=st.sets(st.sampled_from(sorted(rules.CHANNELS))),
    span=st.tuples(st.times(), st.times()).filter(
        lambda span: (span[0].hour, span[0].minute) < (span[1].hour, span[1].minute)
    ),
)
def test_what_is_written_is_read_again(refused: set[str], span: tuple[time, time]) -> None:
    first, last = (moment.replace(second=0, microsecond=0, fold=0) for moment in span)
    written = {
        rules.REFUSED: rules.write_refused(refused),
        rules.HOURS: rules.write_hours(first, last),
        rules.LANGUAGE: "粤语",
    }
    assert rules.read(written) == Limits(frozenset(refused), (first, last), "粤语")


def set_limits(register: Register, who: str = "clerk", **said: object) -> None:
    wanted: dict[str, object] = {"refused": [], "hours": None, "language": "", **said}
    services.set_limits(
        actor=register.world.actor(who),
        purpose=SALES,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        now=clock.now(),
        **wanted,  # type: ignore[arg-type]
    )


@pytest.mark.django_db
def test_limits_are_sealed_journalled_without_words_and_can_be_taken_away(register: Register) -> None:
    set_limits(register, refused=["sms", "phone"], hours=(time(9), time(18)), language="粤语")
    found = queries.limits_of([register["li"], register["zhang"]], now=clock.now())
    assert found[register["li"]] == [Limits(frozenset({"phone", "sms"}), (time(9), time(18)), "粤语")]
    assert found[register["zhang"]] == [Limits()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM customers_customer c")
        assert not [row for (row,) in cursor.fetchall() if "短信" in row or "粤语" in row]
    told = [line for line in timeline(register["li"]) if line.event == "limits.set"]
    assert told[0].data == {"fields": ["contact_hours", "preferred_language", "refused_channels"]}
    set_limits(register)
    assert queries.limits_of([register["li"]], now=clock.now())[register["li"]] == [Limits()]


@pytest.mark.django_db
def test_a_list_leaves_out_who_refused_the_channel(register: Register) -> None:
    set_limits(register, refused=["sms"])
    everybody = [register["li"], register["zhang"], register["huaxin"]]
    assert queries.obstacles(everybody, "sms", basis="", now=NOON) == {register["li"]: "limits.refused"}
    assert queries.obstacles(everybody, "phone", basis="", now=NOON) == {}


@pytest.mark.django_db
def test_limits_of_who_was_merged_still_bind(register: Register) -> None:
    set_limits(register, refused=["phone"])
    Customer.objects.filter(id=register["li"]).update(absorbed_by=register["zhang"])
    assert queries.obstacle(register["zhang"], "phone", basis="", now=NOON) == "limits.refused"


@pytest.mark.django_db
def test_nobody_from_elsewhere_sets_them(register: Register) -> None:
    with pytest.raises(Refused):
        set_limits(register, who="agent", refused=["sms"])


@pytest.mark.django_db
def test_they_stand_at_the_top_of_the_page_and_the_form_knows_them(
    register: Register, client: Client
) -> None:
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    form = f"/customers/{register['li']}/limits/"
    revision = Customer.objects.get(id=register["li"]).revision
    said = {"revision": revision, "refused": ["sms"], "first": "09:00", "last": "18:00", "language": "粤语"}
    assert browser.post(form, said | {"last": ""}).status_code == 422
    assert browser.post(form, said).status_code == 302
    assert browser.post(form, said).status_code == 409  # somebody who opened the form before that
    page = browser.get(f"/customers/{register['li']}/").content.decode()
    assert page.index("谢绝：短信") < page.index('id="profile"')
    assert "09:00–18:00" in page
    again = browser.get(form).content.decode()
    assert 'value="sms"' in again
    assert 'value="09:00"' in again
