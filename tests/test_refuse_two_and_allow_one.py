"""Reading a value takes a grant and the record's key: two attempts with one of them alone fail, with both it opens."""

import psycopg
import pytest

from shouxin.access.grants.models import StandingGrant
from shouxin.core.policy import Action, NotAllowed
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.services import Refused
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.register import PHONE, SALES, Register, grant

pytestmark = pytest.mark.django_db(transaction=True)


def reveal(register: Register, who: str, customer: str, field: str = "mobile") -> str | None:
    actor, now = register.world.actor(who), clock.now()
    gate.open_contact(
        actor=actor,
        customer=register[customer],
        purpose=SALES,
        reason_class="order",
        note="",
        now=now,
    )
    opened = gate.open_sealed(
        actor=actor,
        purpose=SALES,
        customers=[register[customer]],
        fields=[field],
        action=Action.REVEAL,
        reason="order",
        now=now,
    )
    return opened.revealed.of(register[customer], register[customer])[field].text


@pytest.mark.clause("B5.2.2", "C21.4")
def test_database_rights_alone_and_a_grant_alone_open_nothing(
    register: Register, superuser: psycopg.Connection
) -> None:
    grant(register)
    # One: every right in the database, and no key. What lies there is not the number, in no table.
    held = superuser.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    ).fetchall()
    dumped = b"".join(
        str(superuser.execute(f'SELECT t::text FROM "{name}" t').fetchall()).encode() for (name,) in held
    )
    assert str(register["li"]).encode() in dumped  # what stands in clear is found
    assert PHONE.encode() not in dumped
    assert PHONE.encode().hex().encode() not in dumped

    # Two: a grant in force, and a customer of a department that is not the reader's. Refused, and recorded.
    refused_before = Entry.objects.filter(event="read.refused").count()
    with pytest.raises(Refused) as refused:
        reveal(register, "clerk", "service")
    assert refused.value.refusal.code == "customer.unknown"
    entry = Entry.objects.filter(event="read.refused").latest("at")
    assert Entry.objects.filter(event="read.refused").count() == refused_before + 1
    assert (entry.actor, entry.customer) == (
        register.world.people["clerk"].pseudonym,
        register["service"],
    )

    # Both: the grant and a customer of one's own. It opens, and that is recorded too.
    assert reveal(register, "clerk", "li") == PHONE
    opened = Entry.objects.get(event="field.revealed")
    assert (opened.actor, opened.customer) == (register.world.people["clerk"].pseudonym, register["li"])


@pytest.mark.clause("C5.4", "D2.2")
@pytest.mark.parametrize("missing", ["nothing", "role", "department", "scope", "grade", "grant"])
def test_access_is_where_role_department_scope_grade_and_grant_meet(register: Register, missing: str) -> None:
    made, people, world = grant(register), Staff.objects, register.world
    clerk = world.people["clerk"].id
    if missing == "role":
        people.filter(id=clerk).update(roles=["supervisor"])
    elif missing == "department":
        Customer.objects.filter(id=register["li"]).update(responsible=None)
        people.filter(id=clerk).update(department=world.departments["service"])
    elif missing == "scope":
        Customer.objects.filter(id=register["li"]).update(responsible=world.people["sales_head"], scope="own")
    elif missing == "grade":
        StandingGrant.objects.filter(id=made).update(fields=["mobile", "id_number"])
    elif missing == "grant":
        StandingGrant.objects.filter(id=made).update(until=clock.now())
    if missing == "nothing":
        assert reveal(register, "clerk", "li") == PHONE
        return
    with pytest.raises((Refused, NotAllowed)):
        reveal(register, "clerk", "li", "id_number" if missing == "grade" else "mobile")
