"""Feedback from both doors: a number, a code, a day; the answer is read at home or with the code."""

import re

import pytest
from django.test import Client

from shouxin.kit import clock
from shouxin.portal.anyone.feedback_views import FORM
from shouxin.portal.anyone.tests.test_ask_without_account import WRONG, followed, passed
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rights.feedback import services
from shouxin.rights.feedback.models import Feedback
from tests.register import Register

SAID = {"category": "privacy", "text": "希望短信里不要写全名", "contact": ""}


@pytest.mark.clause("A17.1")
@pytest.mark.django_db(transaction=True)
def test_feedback_is_given_with_and_without_an_account_and_answered(register: Register) -> None:
    world, now, client = register.world, clock.now(), Client()
    assert client.post("/my/feedback/", SAID).status_code == 422  # a program
    page = client.post("/my/feedback/", {**passed(FORM), **SAID}).content.decode()
    row = Feedback.objects.get()
    assert (row.source, row.category, row.owner) == ("public", "privacy", world.people["officer"])
    assert f"{row.due_on:%Y-%m-%d}" in page
    code = re.search(r"\b[2-9A-HJ-Z]{4}(-[2-9A-HJ-Z]{4}){2}\b", page)
    assert code
    other = Client()
    assert "还没有答复" in followed(other, row.number, code[0]).content.decode()
    services.answer(actor=world.actor("officer"), item=row.id, text="下月起只写姓", now=now)
    answered = other.get("/my/follow/feedback/").content.decode()
    assert "下月起只写姓" in answered
    assert SAID["text"] not in answered
    assert WRONG in followed(Client(), row.number, "2222-3333-4444").content.decode()
    assert other.get("/my/follow/case/").status_code == 302  # the code of one opens nothing else

    inside = browser(register)
    inside.post("/my/feedback/", {**SAID, "category": "service"})
    mine = Feedback.objects.get(source="portal")
    assert (mine.customer_id, mine.owner) == (register["li"], world.people["clerk"])
    services.answer(actor=world.actor("clerk"), item=mine.id, text="谢谢，已改", now=now)
    assert "谢谢，已改" in inside.get("/my/feedback/").content.decode()
    assert "谢谢，已改" not in browser(register, "zhang").get("/my/feedback/").content.decode()
