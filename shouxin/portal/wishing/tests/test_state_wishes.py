"""What a customer writes at their own door binds the next call; nobody writes it for somebody else."""

from typing import Any

import pytest

from shouxin.core.policy import customer_actor
from shouxin.customers.preferences import queries, services
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from tests.register import SALES, Register


@pytest.mark.django_db(transaction=True)
def test_wishes_hold_from_the_next_call_on(register: Register) -> None:
    client, li, now = browser(register), register["li"], clock.now()
    assert queries.obstacle(li, "phone", basis="", now=now) is None
    said = {"revision": Customer.objects.get(id=li).revision, "refused": ["phone", "sms"], "language": "粤语"}
    answer: Any = client.post("/my/contact/", said)
    assert answer.status_code == 302
    assert queries.obstacle(li, "phone", basis="", now=clock.now()) == "limits.refused"
    assert queries.obstacle(li, "email", basis="", now=clock.now()) is None
    page = client.get("/my/contact/").content.decode()
    assert page.count("checked") == 2
    line = next(one for one in timeline(li, limit=5) if one.event == "limits.set")
    assert line.actor == li
    assert client.post("/my/contact/", said).status_code == 422  # a form that was open too long


@pytest.mark.django_db(transaction=True)
def test_nobody_writes_for_somebody_else(register: Register) -> None:
    zhang = register["zhang"]
    for purpose in ("individual_rights", SALES):
        with pytest.raises(gate.Refused):
            services.set_limits(
                actor=customer_actor(register["li"]),
                purpose=purpose,
                customer=zhang,
                revision=Customer.objects.get(id=zhang).revision,
                refused=["phone"],
                hours=None,
                language="",
                now=clock.now(),
            )


def test_errors_of_the_portal_speak_to_customers(register: Register) -> None:
    client = browser(register)
    for answer in (client.get("/my/nothing/"), client.get("/my/sign-out/"), client.post("/my/reads/")):
        assert answer.status_code in {404, 405}
        page = answer.content.decode()
        assert "回到“我的信息”" in page
        assert "工作台" not in page
