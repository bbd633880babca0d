"""A survey goes out through the send gate, at most once in a while, is answered once, and tells nothing of few."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from shouxin.customers.messages import enclosing
from shouxin.customers.messages.tests.cast import put, said, send
from shouxin.customers.messages.tests.conftest import (
    Mailbox,
    mailbox,  # noqa: F401 - a fixture
)
from shouxin.journal.models import Entry
from shouxin.kit import mail
from shouxin.people.thresholds.queries import value
from shouxin.portal.surveys import queries, rules, services
from shouxin.portal.surveys.errors import SurveyProblem
from shouxin.portal.surveys.models import Answer, ApartAnswer, Asked, Invite, State, Survey
from shouxin.portal.surveys.tests.cast import NOON, SAID, approved, made, message, token_in, tokens, with_mail
from tests.register import Register


@pytest.mark.clause("D13.2")
@pytest.mark.django_db(transaction=True)
def test_a_survey_goes_to_whoever_may_be_written_to_and_is_answered_once(
    register: Register,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    with_mail(register, "li", "zhang")
    put(register, "zhang", refused_channels="邮件")
    survey = made(register, anonymous=True)
    row = send(approved(register, survey, message(register, "li", "zhang")))
    assert said(row) == {register["li"]: ("sent", ""), register["zhang"]: ("left_out", "limits.refused")}
    assert [asked.customer_id for asked in Asked.objects.all()] == [register["li"]]
    token = token_in(mailbox.body("li@mail.example"))
    assert token.encode() not in bytes(Invite.objects.get().token_digest)
    client: Any = Client(enforce_csrf_checks=True)
    path = f"/my/survey/{token}/"
    page = client.get(path)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "匿名" in page.content.decode()
    assert client.post(path, {"q0": "4"}).status_code == 403
    given = {"csrfmiddlewaretoken": str(page.context["csrf_token"]), "q0": "4", "q1": "服务", "q2": SAID[2]}
    assert client.post(path, {**given, "q0": "9"}).status_code == 422
    assert "已经收到" in client.post(path, given).content.decode()
    assert client.post(path, given).status_code == 404
    assert (ApartAnswer.objects.count(), Answer.objects.count()) == (1, 0)
    # another survey within the months, in another message: the log says why not
    again = send(approved(register, made(register, anonymous=False), message(register, "li")))
    assert said(again) == {register["li"]: ("left_out", "survey.lately")}
    reason = enclosing.reason("survey.lately")
    assert reason is not None
    assert "期限内" in reason.zh
    head = register.world.signed_in(Client(), "sales_head")
    assert (
        "人数不足，不显示" not in head.get(f"/portal/surveys/{survey.id}/").content.decode()
    )  # nothing before its end
    services.close(actor=register.world.actor("clerk"), survey=survey.id, now=NOON)
    shown = head.get(f"/portal/surveys/{survey.id}/").content.decode()
    assert "人数不足，不显示" in shown
    assert SAID[2] not in shown


@pytest.mark.django_db(transaction=True)  # else one transaction of the test's own holds all of it
def test_nothing_links_an_anonymous_answer_to_a_customer(register: Register) -> None:
    survey = made(register, anonymous=True)
    with transaction.atomic():
        (token,) = tokens(register, survey, "li")
    before = Entry.objects.count()
    services.answer(token=token, given=SAID, now=NOON)
    row = ApartAnswer.objects.get()
    columns = {one.column for one in ApartAnswer._meta.concrete_fields}
    assert columns == {"id", "survey_id", "day", "group_id", "key_suite", "wrapped_key", "sealed"}
    assert row.id.version == 4
    assert row.group_id is None  # only three are of the department
    assert not Invite.objects.exists()
    assert Entry.objects.count() == before
    with connection.cursor() as cursor:  # not even by the transaction that wrote them
        cursor.execute("SELECT a.xmin::text FROM portal_survey_apart a")
        ours = {found for (found,) in cursor.fetchall()}
        cursor.execute(
            "SELECT xmin::text FROM portal_survey_asked UNION ALL SELECT xmin::text FROM journal_entry"
        )
        theirs = {found for (found,) in cursor.fetchall()}
        cursor.execute("SELECT string_agg(a::text, '|') FROM portal_survey_apart a")
        raw = str(cursor.fetchone()[0])
    assert ours
    assert theirs
    assert not ours & theirs
    for secret in (*SAID[1:], str(register["li"]), token):
        assert secret not in raw
        assert secret.encode().hex() not in raw


@pytest.mark.django_db
def test_who_is_asked_again_and_what_is_taken_back(register: Register) -> None:
    first, second = made(register, anonymous=False), made(register, anonymous=False)
    tokens(register, first, "li")
    tokens(register, second)
    with pytest.raises(enclosing.NotFor, match="lately"):
        services.link(second.id, register["li"], NOON + timedelta(days=150))
    later = NOON + timedelta(days=31 * value(rules.MONTHS))
    assert services.link(second.id, register["li"], later)
    services.take_back(second.id, register["li"])  # the message did not leave
    assert Asked.objects.get().at == NOON
    services.take_back(first.id, register["zhang"])
    (token,) = tokens(register, second, "zhang")
    services.answer(token=token, given=SAID, now=NOON)
    assert Answer.objects.get().customer_id == register["zhang"]
    for given in (("6", "", ""), ("", "别的", ""), ("", "", ""), ("4",)):
        with pytest.raises(SurveyProblem):
            services.answer(token=tokens(register, first, "secret")[0], given=given, now=NOON)
        Asked.objects.filter(customer_id=register["secret"]).delete()
    assert services.close_over(now=NOON + timedelta(days=6000)) == 2
    assert not Invite.objects.exists()
    with pytest.raises(enclosing.NotFor, match="over"):
        services.link(second.id, register["li"], NOON)


@pytest.mark.django_db(transaction=True)
def test_of_two_surveys_at_one_moment_one_reaches_the_customer(register: Register) -> None:
    surveys, barrier = [made(register, anonymous=False) for _ in range(2)], Barrier(2)
    for one in surveys:
        tokens(register, one)

    def ask(place: int) -> bool:
        from django.db import transaction

        barrier.wait()
        try:
            with transaction.atomic():
                services.link(surveys[place].id, register["li"], NOON + timedelta(seconds=place))
        except enclosing.NotFor:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == [False, True]
    assert Invite.objects.count() == 1


@pytest.mark.django_db
def test_what_did_not_leave_may_be_asked_again(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    with_mail(register, "li")
    survey = made(register, anonymous=False)

    def refuse(**_said: object) -> None:
        raise mail.NotSent("turned-away")

    monkeypatch.setattr(mail, "send", refuse)
    row = send(approved(register, survey, message(register, "li")))
    assert said(row) == {register["li"]: ("failed", "mail.turned-away")}
    assert not Asked.objects.exists()
    assert not Invite.objects.exists()


@pytest.mark.django_db
def test_groups_too_small_are_not_shown_and_a_survey_is_made_on_screen(register: Register) -> None:
    survey = made(register, anonymous=True)
    sales, service = register.world.departments["sales"], register.world.departments["service"]
    for group, number in ((sales, 6), (service, 3), (None, 1)):
        for _ in range(number):
            _apart(survey.id, group.id if group else None)
    assert queries.results(survey) == []
    Survey.objects.filter(id=survey.id).update(state=State.CLOSED, opened_at=NOON, closed_at=NOON)
    survey.refresh_from_db()
    score, choice, text = queries.results(survey)
    assert score.whole is not None
    assert (score.whole.count, score.whole.average) == (10, 4.0)
    # the two small ones together are four, so the large one is withheld as well: nothing follows from the total
    assert dict(score.groups) == {sales.name: None, service.name: None}
    assert choice.whole is not None
    assert choice.whole.chosen == [("价格", 0), ("服务", 10)]
    assert len(text.texts) == 10
    clerk = register.world.signed_in(Client(), "clerk")
    form = {
        "title": "季度调查",
        "closes_on": "2099-01-01",
        "text_1": "满意吗",
        "kind_1": "score",
        "text_2": "哪样",
    }
    kinds = {f"kind_{n}": "score" for n in range(3, 7)}
    bad = clerk.post("/portal/surveys/new/", {**form, **kinds, "kind_2": "choice", "options_2": "甲"})
    assert bad.status_code == 422
    good: Any = clerk.post(
        "/portal/surveys/new/", {**form, **kinds, "kind_2": "choice", "options_2": "甲，乙"}
    )
    with_mail(register, "li")
    row = message(register, "li")
    clerk.post(f"{good.url}enclose/", {"message": str(row.id)})
    row.refresh_from_db()
    assert row.enclosed.endswith(good.url.split("/")[-2])
    other = register.world.signed_in(Client(), "sales_head")
    assert other.post(f"{good.url}close/").status_code == 404
    assert "季度调查" in clerk.get("/portal/surveys/").content.decode()
    clerk.post(f"{good.url}close/")
    assert "已结束" in clerk.get(good.url).content.decode()


def _apart(survey: Any, group: Any) -> None:
    from shouxin.portal.surveys.keeping import sealed
    from shouxin.vault import parcels

    row = ApartAnswer(survey_id=survey, day=NOON.date(), group_id=group)
    key = parcels.new_key(row.id)
    row.key_suite, row.wrapped_key, row.sealed = key.suite.id, key.wrapped, sealed(key, SAID)
    row.save(force_insert=True)
