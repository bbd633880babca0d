"""The four rights: filed at the own door, counted down, refused only by law; a deletion reaches the indexes."""

import re

import pytest
from django.db import connection

from shouxin.core.policy import service_actor
from shouxin.customers.registry.search import search
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.rights.cases import answering, doing, rules, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import in_hand
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from tests.register import PHONE, SALES, Register

FOUR = (Kind.KNOW, Kind.ACCESS, Kind.CORRECT, Kind.DELETE)


@pytest.mark.django_db(transaction=True)
def test_each_of_the_four_is_filed_at_the_own_door_and_refused_only_by_an_article(register: Register) -> None:
    me, clerk, now = browser(register), register.world.actor("clerk"), clock.now()
    for kind in FOUR:
        me.post("/my/requests/", {"kind": kind.value, "text": "请办理"})
    assert set(Case.objects.values_list("kind", flat=True)) == {kind.value for kind in FOUR}
    page = me.get("/my/requests/").content.decode()
    assert page.count("以前答复") == len(FOUR)
    assert len(re.findall(r"(?:还有|剩|余) ?\d+ ?天", page)) >= len(FOUR)
    levels = {row.kind: row.level for row in Case.objects.all()}
    assert levels["know"] == rules.ON_FILE < levels["delete"] <= levels["access"] == rules.STRONG
    row = services.take(actor=clerk, case=Case.objects.get(kind="delete").id, now=now)
    row = services.check(actor=clerk, case=row.id, method=Check.Method.IN_PERSON, now=now)
    answering.propose(actor=clerk, case=row.id, answer=Answer(Outcome.REFUSED, "excessive"), now=now)
    waiting = me.get(f"/my/requests/{row.id}/").content.decode()
    assert "向人民法院" not in waiting  # nothing that is still being weighed
    answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    told = me.get(f"/my/requests/{row.id}/").content.decode()
    reason = rules.REASONS["excessive"]
    for said in (reason.text.zh, reason.article.zh, *(one.zh for one in rules.REDRESS)):
        assert said in told


@pytest.mark.django_db
def test_a_deletion_reaches_indexes_and_what_was_looked_up_before(register: Register) -> None:
    clerk = register.world.actor("clerk")

    def found(term: str) -> int:
        try:
            return len(search(actor=clerk, purpose=SALES, term=term, now=clock.now()).customers)
        except Refused:  # what it speaks of is out of use
            return 0

    assert found(PHONE) == found("李小明-10001") == 1
    case = in_hand(register, Kind.DELETE)
    answering.propose(actor=clerk, case=case.id, answer=Answer(Outcome.GRANTED), now=clock.now())
    answering.approve(actor=register.world.actor("officer"), case=case.id, now=clock.now())
    assert found(PHONE) == found("李小明-10001") == 0  # from the moment of the answer
    groups = [(register["li"], group) for group in vault_queries.states([register["li"]])[register["li"]]]
    vault.destroy_groups(actor=service_actor("test"), groups=groups, reason="request")
    assert doing.settle(now=clock.now()) == 1
    with connection.cursor() as cursor:
        for table in (
            "vault_search_token",
            "vault_sealed_record",
            "vault_sealed_history",
            "vault_business_key",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE customer_id = %s", [register["li"]])
            assert cursor.fetchone() == (0,)
    assert Case.objects.get(id=case.id).state == State.ANSWERED
