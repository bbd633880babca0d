"""What is sent to a public form: people get through, with scripts and without; programs, replays and floods do not."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template import engines
from django.utils import translation

from shouxin.kit.bots import queries, rules, services
from shouxin.kit.bots.models import BotCount, SpentToken
from shouxin.kit.bots.problems import PROBLEMS, Turned
from shouxin.kit.bots.rules import Limits
from shouxin.kit.bots.services import ANSWER, EMPTY, SOLUTION, TOKEN, Offer

pytestmark = pytest.mark.django_db

FORM = "test:form"
SHOWN = datetime(2026, 11, 26, 10, 1, tzinfo=UTC)
SENT = SHOWN + timedelta(seconds=20)
HERE = "203.0.113.7"


def worked(offer: Offer) -> dict[str, str]:
    nonce = rules.read(offer.token, rules.key_of(settings.SECRET_KEY)).nonce
    return {TOKEN: offer.token, SOLUTION: rules.work(nonce, offer.bits), ANSWER: "", EMPTY: ""}


def answered(offer: Offer) -> dict[str, str]:
    """As somebody reads the question."""
    numbers = {en: number for number, (_zh, en) in enumerate(rules.DIGITS, 1)}
    found = re.fullmatch(r"What is (\w+) plus (\w+)\?", offer.question.en)
    assert found
    return {TOKEN: offer.token, ANSWER: str(numbers[found[1]] + numbers[found[2]])}


def admit(sent: dict[str, str], *, form: str = FORM, address: str = HERE, **more: Any) -> str:
    """The code it was sent back with; empty when it was let through."""
    try:
        services.admit(form=form, sent=sent, address=address, **{"now": SENT, **more})
    except Turned as turned:
        return turned.code if turned.text == PROBLEMS[turned.code] else "without words"
    return ""


def offer(form: str = FORM, now: datetime = SHOWN) -> Offer:
    return services.offer(form=form, now=now)


def test_a_browser_that_did_the_work_gets_through_once() -> None:
    sent = worked(offer())
    assert admit(sent) == ""
    assert admit(sent) == "bots.replayed"
    assert queries.tallied(FORM, SENT.date()) == {"passed": 1, "bots.replayed": 1}


def test_a_person_without_scripts_answers_the_question() -> None:
    assert admit({TOKEN: offer().token}) == "bots.work"
    assert admit({TOKEN: offer().token, ANSWER: "19"}) == "bots.answer"
    assert admit(answered(offer())) == ""


def test_a_wrong_answer_cannot_be_followed_by_another_to_the_same_question() -> None:
    right = answered(offer())
    assert admit({**right, ANSWER: "1"}) == "bots.answer"
    assert admit(right) == "bots.replayed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({TOKEN: ""}, "bots.token"),
        ({TOKEN: "1.test:form.1.0.AAAA.AAAA.AAAA"}, "bots.token"),
        ({SOLUTION: "", ANSWER: ""}, "bots.work"),
        ({SOLUTION: "999999999999999999999"}, "bots.work"),
        ({EMPTY: "https://example.com"}, "bots.honeypot"),
    ],
)
def test_what_is_forged_or_fills_the_empty_box_is_sent_back(change: dict[str, str], code: str) -> None:
    assert admit({**worked(offer()), **change}) == code


def test_too_fast_too_late_or_of_another_form_is_sent_back() -> None:
    assert admit(worked(offer()), now=SHOWN + timedelta(seconds=2)) == "bots.fast"
    assert admit(worked(offer()), now=SHOWN + timedelta(hours=2, seconds=1)) == "bots.expired"
    assert admit(worked(offer("test:other"))) == "bots.token"
    ahead = offer(now=SENT + timedelta(minutes=5))
    assert admit(worked(ahead)) == "bots.token"


def test_one_network_sends_no_more_than_so_much_and_others_go_on() -> None:
    limits = Limits(of_source=3)
    codes = [admit(worked(offer()), address=f"2001:db8:1:1::{number}", limits=limits) for number in range(5)]
    assert codes == ["", "", "", "bots.source", "bots.source"]
    assert admit(worked(offer()), address="2001:db8:1:2::1", limits=limits) == ""
    later = SENT + timedelta(minutes=20)
    assert admit(worked(offer(now=later - timedelta(seconds=9))), address="2001:db8:1:1::1", now=later) == ""


def test_a_flood_makes_the_work_harder_and_stops_at_the_limit_of_the_form() -> None:
    easy = offer().bits
    codes = [admit({}, address=f"198.51.100.{number}", limits=Limits(of_form=50)) for number in range(55)]
    assert codes.count("bots.busy") == 5
    assert offer(now=SENT).bits > easy
    assert offer("test:other", now=SENT).bits == easy


def test_fewer_get_through_by_answers_than_by_work() -> None:
    codes = [admit(answered(offer())) for _ in range(5)]
    assert codes == [""] * 4 + ["bots.source"]
    assert admit(worked(offer())) == ""


def test_what_turned_out_bad_weighs_on_its_source() -> None:
    services.blame(form=FORM, address=HERE, outcome="undeclared", weight=10, now=SENT)
    assert admit(worked(offer())) == "bots.source"
    assert queries.tallied(FORM, SENT.date()) == {"undeclared": 1, "bots.source": 1}


def test_addresses_and_what_was_typed_stand_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        admit({**worked(offer()), EMPTY: "planted-value"})
        admit({TOKEN: "planted-value", ANSWER: "planted-value"})
    kept = repr(list(BotCount.objects.values_list())) + repr(list(SpentToken.objects.values_list()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT form, outcome FROM kit_bot_tally")
        kept += repr(cursor.fetchall())
    assert HERE not in kept + caplog.text
    assert "planted-value" not in kept + caplog.text


def test_what_is_over_is_forgotten() -> None:
    admit(worked(offer()))
    assert services.tidy(now=SENT) == 0
    assert services.tidy(now=SENT + timedelta(hours=3)) == 3  # the token, and two counts
    assert services.tidy(now=SENT + timedelta(days=100)) == 1


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    yield
    with transaction.atomic():
        services.tidy(now=SENT + timedelta(days=100))


@pytest.mark.usefixtures("committed")
def test_of_two_that_send_one_page_at_once_one_gets_through() -> None:
    sent = worked(offer())

    def once(_number: int) -> str:
        try:
            return admit(sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(once, range(4)))
    assert codes == ["", *["bots.replayed"] * 3]


def test_the_part_of_the_page_is_labelled_and_needs_no_script_of_its_own() -> None:
    template = engines["django"].from_string("{% load bots %}{% guard offer %}")
    shown = offer()
    with translation.override("en"):
        page = template.render({"offer": shown})
    assert shown.question.en in page
    assert '<label for="bots-answer">' in page
    assert 'aria-hidden="true"' in page
    assert 'tabindex="-1"' in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page) == [""]
