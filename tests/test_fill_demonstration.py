"""The demonstration shows every room filled: whoever opens a screen of it sees what it is for."""

import os

import psycopg
import pytest

from shouxin.core.policy import Role
from shouxin.customers.cleanup.models import CleanupRun
from shouxin.customers.consents.models import Consent, Refusal
from shouxin.customers.duplicates.models import DuplicateRun
from shouxin.customers.informing import queries as informing
from shouxin.customers.informing.models import Receipt
from shouxin.customers.leads.models import Lead
from shouxin.customers.promises.models import Promise
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.registry.models import Customer, Provenance
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.operations.demo import inviting, partners, telling
from shouxin.operations.demo.load import load_if_empty
from shouxin.people import queries as people
from shouxin.people.models import Department, Staff
from shouxin.people.rules import separation_broken
from shouxin.people.thresholds.queries import value
from shouxin.portal.changes.models import Freeze
from shouxin.portal.surveys.models import ApartAnswer, Survey
from shouxin.portal.surveys.queries import sent
from shouxin.portal.unstated.queries import defects
from shouxin.portal.wishing.models import Wish
from shouxin.rights.cases.models import Case
from shouxin.rights.feedback.models import Feedback
from shouxin.rights.packages.models import Package
from shouxin.rights.satisfaction.models import ContactScore
from shouxin.rights.satisfaction.rules import LEAST
from shouxin.rulebook.purposes.models import NoticeVersion
from shouxin.vault import queries as vault

FEW, SENT = 60, len(inviting.VISITORS)
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_empty_database_becomes_a_working_organisation(superuser: psycopg.Connection) -> None:
    found = load_if_empty(customers=FEW)
    assert found.demonstration
    assert found.fresh
    assert found.customers == FEW
    assert Customer.objects.count() == FEW + SENT
    names = set(Department.objects.values_list("name", flat=True))
    assert names >= {"市场部", "销售部", "客服部", "信息技术部", "租赁部", "合规部"}
    held = {role for staff in Staff.objects.filter(is_active=True) for role in staff.roles}
    assert held == {role.value for role in Role}
    for staff in Staff.objects.all():
        assert separation_broken([Role(role) for role in staff.roles]) is None
    assert {p.channel for p in Provenance.objects.all()} > {"migration"}
    assert Provenance.objects.filter(collected_at__year__lt=2025).count() == 0
    told: dict[str, int] = dict(
        superuser.execute("SELECT event, count(*) FROM journal_entry GROUP BY event").fetchall()
    )
    assert told["customer.created"] == FEW + SENT
    assert told["contact.opened"] >= 5
    assert told["field.revealed"] >= 3
    assert told["read.refused"] >= 3
    assert told["customer.changed"] >= 1
    assert {row.state for row in Consent.objects.filter(kind="general")} == {"given", "refused", "withdrawn"}
    assert Refusal.objects.exists()
    assert Promise.objects.filter(state="open").count() >= 5
    assert DuplicateRun.objects.count() == CleanupRun.objects.count() == 1
    assert vault.keys_usable()
    check_requests()
    check_what_is_told()
    check_what_customers_say()


def check_requests() -> None:
    assert sorted(Case.objects.values_list("kind", "state", "escalated")) == [
        ("access", "answered", False),  # its package waits to be fetched
        ("complaint", "handling", True),  # a low score opened it again
        ("complaint", "received", False),
        ("complaint", "received", False),  # from somebody without an account
        ("complaint", "received", True),  # a low score for being received
        ("copy", "received", False),
        ("correct", "handling", False),
        ("correct", "received", False),  # “this was not me”
        ("explain_rules", "handling", False),
    ]
    assert list(Package.objects.values_list("state", flat=True)) == ["ready"]
    assert Case.objects.filter(channel="public", customer_id__isnull=True).exists()
    assert Freeze.objects.filter(settled_at__isnull=True).count() == 1
    assert set(Feedback.objects.values_list("state", flat=True)) == {"open", "answered"}


def check_what_is_told() -> None:
    """A notice in its next version that some were told of and others were not; what is kept for nothing."""
    version = NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")
    assert version.number > 1
    for company in telling.COMPANIES:
        assert company["name_zh"] in version.text
    told = informing.told_of(version.id)
    assert told is not None
    assert informing.remaining(people.actor_of(Staff.objects.get(user_name="songtao")), told).exists()
    assert set(Receipt.objects.values_list("way", flat=True)) == {"portal", "counter"}
    assert Consent.objects.filter(purpose="personal_offers", state="given").exists()
    leaves = Consent.objects.filter(purpose=partners.ALLIANCE)
    for kind, states in {
        "provision": {"given", "refused"},
        "abroad": {"given", "refused", "withdrawn"},
        "publication": {"given", "refused"},
    }.items():
        assert set(leaves.filter(kind=kind).values_list("state", flat=True)) == states
    officer = people.actor_of(Staff.objects.get(user_name="caomin"))
    assert {(row.ground.field, row.ground.purpose) for row in defects(officer)} == {("mobile", "autumn_fair")}


def check_what_customers_say() -> None:
    """Forms that came in, leads at both ends of their life, scores, answers and wishes of enough people."""
    assert set(PublicForm.objects.values_list("state", "taken")) == {("open", SENT), ("proposed", 0)}
    now = clock.now()
    left = sorted((one.expires_at - now).days for one in Lead.objects.all())
    assert left[0] < 7
    assert left[-1] > 80
    assert ContactScore.objects.count() >= 5
    assert set(Survey.objects.values_list("state", flat=True)) == {"draft", "closed"}
    assert ApartAnswer.objects.count() > value(LEAST)
    over = Survey.objects.get(
        state="closed"
    )  # nobody answers what was not sent, and what was sent is in the log
    assert sent(over) >= ApartAnswer.objects.count()
    assert Entry.objects.filter(event="message.sent").count() == sent(over)
    assert "SHOUXIN_SMTP" not in os.environ
    assert Wish.objects.count() >= 10
