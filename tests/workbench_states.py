"""Something waiting in every list that a card of the workbench counts: each function puts rows of one app in place.

The rows go in directly, as the lists read them; how they come about by services is tested in their rooms.
"""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.db import connection
from procrastinate.contrib.django import app

from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants.models import StandingGrant
from shouxin.access.grants.models import State as GrantState
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.reviews import services as reviews
from shouxin.access.secrets.models import SecretReader
from shouxin.access.sync.models import CustomerChange
from shouxin.access.webhooks.models import Endpoint, EndpointState
from shouxin.customers.cleanup.models import CleanupItem, Group
from shouxin.customers.collection.models import CollectionPlan, FormDraft, PlanState
from shouxin.customers.collection_forms.models import CollectionForm, FormKind, FormState, FormVersion
from shouxin.customers.duplicates.models import PairState, SuspectedPair
from shouxin.customers.handover.models import Handover, HandoverState
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.models import Standing as BatchStanding
from shouxin.customers.messages.models import Message
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.promises.models import Promise
from shouxin.customers.quality import keeping
from shouxin.customers.quality.models import OutsideValue, Standing
from shouxin.gate import daily
from shouxin.journal.models import CheckState, LedgerCheck
from shouxin.kit import clock
from shouxin.people.connections.models import Connection, Kind
from shouxin.people.duties.models import Duty
from shouxin.people.guarding.models import SecurityNotice
from shouxin.people.joining.models import RoleProposal
from shouxin.people.models import Departure, RoleAssignment, Staff
from shouxin.people.second_factor.models import FactorDemand, FactorReset
from shouxin.people.sights.models import SightSetting
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.rulebook.catalogue.models import Field, LevelLowering, Pack
from shouxin.rulebook.policies.models import PolicyVersion
from shouxin.rulebook.purposes.models import Notice, NoticeVersion, Purpose
from shouxin.rulebook.regions.models import RegionVersion
from shouxin.vault.models import SuiteChange
from tests import request_states
from tests.message_rows import message_of
from tests.register import SALES, Register

EVERYTHING_IS_OLD = date(2026, 1, 5)
A_KEY = b"\x00" * 32


def everything(register: Register, now: datetime) -> None:
    """A row or more in every list."""
    people(register, now)
    administration(register, now)
    machinery(register, now)
    rulebook(register, now)
    purposes(register, now)
    customers(register, now)
    quality(register, now)
    handing_over(register, now)
    forms(register, now)
    access(register, now)
    risks(register, now)
    programs(register, now)
    request_states.everything(register, now)


def people(register: Register, now: datetime) -> None:
    world = register.world
    staff = world.people
    SecurityNotice.objects.create(staff=staff["clerk"], kind=SecurityNotice.Kind.NEW_PLACE, at=now)
    Staff.objects.create(  # who has a role and has not read the rules yet
        user_name="unread", display_name="韩未", department=world.departments["sales"], roles=["clerk"]
    )
    RoleAssignment.objects.create(staff=staff["newcomer"], role="clerk", granted_by=staff["security_admin"])
    RoleProposal.objects.create(
        staff=staff["newcomer"], role="clerk", proposed_by=staff["system_admin"], proposed_at=now
    )
    SightSetting.objects.create(
        staff=staff["marketer"], sight="own", set_by=staff["security_admin"], set_at=now
    )
    Duty.objects.create(
        department=world.departments["sales"],
        step="keep",
        holder=staff["clerk"],
        since=now - timedelta(days=2),
        appointed_by=staff["officer"],
        ended_at=now,
        ended_by=staff["system_admin"],
        vacated=True,
    )
    Staff.objects.create(
        user_name="gone", display_name="钱远", department=world.departments["sales"], is_active=False
    )
    both = Staff.objects.create(
        user_name="both",
        display_name="吴双",
        department=world.departments["compliance"],
        roles=["officer", "head"],
        second_factor_at=now,
    )
    assert both.is_active


def administration(register: Register, now: datetime) -> None:
    staff = register.world.people
    Connection.objects.create(
        kind=Kind.SCIM, name="目录", drafted_by=staff["system_admin"], drafted_at=now, draft={}
    )
    Staff.objects.filter(id=staff["supervisor"].id).update(second_factor_at=now)
    FactorDemand.objects.create(
        role="supervisor",
        required=True,
        changed_by=staff["security_admin"],
        changed_at=now,
        release_asked_by=staff["security_admin"],
        release_asked_at=now,
    )
    FactorReset.objects.create(
        staff=staff["agent"], reason="手机丢失", asked_by=staff["system_admin"], asked_at=now
    )
    for who, days in (("agent", 10), ("outsider", -3)):
        Staff.objects.filter(id=staff[who].id).update(is_active=True, left_at=None)
        Departure.objects.create(
            staff=staff[who],
            last_day=clock.today(now) + timedelta(days=days),
            announced_by=staff["system_admin"],
            announced_at=now - timedelta(days=20),
        )
    ThresholdChange.objects.create(
        key="list-rows", value=1500, reason="旺季", asked_by=staff["security_admin"], asked_at=now
    )


def machinery(register: Register, now: datetime) -> None:
    staff = register.world.people
    LedgerCheck.objects.create(
        asked_by=staff["audit_admin"].pseudonym,
        asked_at=now,
        finished_at=now,
        state=CheckState.UNSOUND,
        findings=[{"zh": "第 7 条与哈希树不符", "en": "Entry 7 does not match the tree"}],
    )
    number = app.configure_task(daily.COUNT, queue="upkeep").defer(timestamp=0)
    with connection.cursor() as cursor:
        for status in ("doing", "failed"):
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, number])
    SuiteChange.objects.create(
        suite=1, successor=2, reason="统一算法", proposed_by=staff["security_admin"], proposed_at=now
    )


def rulebook(register: Register, now: datetime) -> None:
    staff = register.world.people
    head = staff["sales_head"].pseudonym
    Staff.objects.filter(id=staff["marketer"].id).update(stay=2)  # back after having left
    PolicyVersion.objects.create(
        key="own",
        number=1,
        title_zh="展厅守则",
        title_en="Rules of the showroom",
        text_zh="不得拍摄客户资料。",
        text_en="Take no pictures of customers' papers.",
        sha256=secrets.token_hex(32),
        effective_on=clock.today(now),
        drafted_by=head,
        drafted_at=now,
    )
    RegionVersion.objects.create(
        jurisdiction="FR",
        number=1,
        timezone="Europe/Paris",
        weekdays=[1, 2, 3, 4, 5],
        from_hour=time(9),
        until_hour=time(18),
        sha256=secrets.token_hex(32),
        drafted_by=head,
        drafted_at=now,
    )
    LevelLowering.objects.create(
        field=Field.objects.get(key="home_address"),
        from_level=3,
        to_level=2,
        reason="误定",
        proposed_by=staff["service_head"].pseudonym,
        proposed_at=now,
    )


def purposes(register: Register, now: datetime) -> None:
    staff = register.world.people
    head = staff["sales_head"].pseudonym
    for key in ("drafted_one", "submitted_one"):
        Purpose.objects.create(
            key=key,
            name_zh="门店回访",
            name_en="Visits",
            description_zh="到店后回访",
            subjects_zh="到店客户",
            retention_rule=Purpose.objects.get(key=SALES).retention_rule,
            drafted_by=head,
            drafted_at=now,
        )
    Purpose.objects.filter(key="submitted_one").update(
        status=Purpose.Status.SUBMITTED, submitted_by=head, submitted_at=now
    )
    NoticeVersion.objects.create(
        notice=Notice.objects.all()[0],
        number=9,
        language="zh",
        text="我们收集您的姓名。",
        sha256=secrets.token_hex(32),
        effective_on=clock.today(now),
        drafted_by=head,
        drafted_at=now,
    )


def customers(register: Register, now: datetime) -> None:
    world = register.world
    staff, today = world.people, clock.today(now)
    for kind, days in ((PromiseKind.PROMISE, 0), (PromiseKind.NEED, 1)):
        for who in ("clerk", "sales_head"):
            promises.make(
                actor=world.actor("clerk"),
                purpose=SALES,
                customer=register["li"],
                kind=kind,
                text="周五前回电",
                owner=staff[who].id,
                due_on=today + timedelta(days=days),
                now=now,
            )
    late = Promise.objects.filter(owner=staff["clerk"], kind=PromiseKind.PROMISE)
    late.update(due_on=today - timedelta(days=2))
    for who, sort, purpose in (
        ("clerk", "service", SALES),
        ("marketer", "commercial", "marketing"),
        ("sales_head", "service", SALES),
    ):
        Message.objects.create(**message_of(staff[who], now, kind=sort, purpose=purpose))


def quality(register: Register, now: datetime) -> None:
    staff = register.world.people
    while keeping.fill(now=now):
        pass
    Standing.objects.filter(customer_id__in=[register["li"], register["zhang"]]).update(
        due_on=EVERYTHING_IS_OLD
    )
    OutsideValue.objects.create(
        id=uuid4(),
        customer_id=register["huaxin"],
        record_id=register["huaxin"],
        field="company_name",
        mark=1,
        public="华信家具（北京）有限公司",
        purpose=SALES,
        supplier="会展公司",
        provenance=uuid4(),
        offered_by=staff["clerk"].pseudonym,
        offered_at=now,
    )
    pairs = {PairState.OPEN: ("li", "zhang"), PairState.HANDED: ("li", "huaxin")}
    for state, (one, other) in pairs.items():
        first, second = sorted([register[one], register[other]])
        SuspectedPair.objects.create(
            customer_id=first,
            other_id=second,
            score=0.9,
            reasons=["number:same"],
            state=state,
            run_id=uuid4(),
            found_at=now,
            decided_by=staff["clerk"] if state == PairState.HANDED else None,
            decided_at=now if state == PairState.HANDED else None,
        )


def handing_over(register: Register, now: datetime) -> None:
    world = register.world
    staff = world.people
    for group in Group.values:
        CleanupItem.objects.create(customer_id=register["li"], group=group, reasons=[], run_id=uuid4())
    Handover.objects.create(
        customer_id=register["huaxin"],
        leaver=staff["outsider"],
        successor=staff["clerk"],
        state=HandoverState.PROPOSED,
        began_at=now,
        proposed_by=staff["sales_head"],
        proposed_at=now,
    )
    Handover.objects.create(
        customer_id=register["zhang"], leaver=staff["outsider"], state=HandoverState.WAITING, began_at=now
    )
    for state, standing in (
        (BatchState.DRAFT, BatchStanding.NONE),
        (BatchState.DONE, BatchStanding.UNCONFIRMED),
    ):
        ImportBatch.objects.create(
            state=state,
            standing=standing,
            operator=staff["clerk"],
            operator_pseudonym=staff["clerk"].pseudonym,
            department=world.departments["sales"],
            purpose=SALES,
            basis="contract",
            channel="sales",
            source="internal",
            fingerprint=secrets.token_bytes(32),
            size=1,
            key_suite=1,
            uploaded_at=now,
        )


def forms(register: Register, now: datetime) -> None:
    staff, today = register.world.people, clock.today(now)
    head = staff["sales_head"].pseudonym
    form = CollectionForm.objects.create(kind=FormKind.SURVEY, created_by=head, created_at=now)
    version = FormVersion.objects.create(
        form=form,
        number=1,
        title_zh="回访",
        purpose=SALES,
        drafted_by=head,
        drafted_at=now,
    )
    FormVersion.objects.update(state=FormState.SUBMITTED, submitted_by=head, submitted_at=now)
    for state, starts in ((PlanState.SUBMITTED, today), (PlanState.RUNNING, today - timedelta(days=9))):
        running = state == PlanState.RUNNING
        CollectionPlan.objects.create(
            state=state,
            title="四季度回访",
            goal="了解送装服务",
            group_text="收过货的客户",
            starts_on=starts,
            ends_on=today + timedelta(days=3),
            maximum=100,
            content_sha256=secrets.token_hex(32),
            drafted_by=head,
            drafted_at=now,
            submitted_by=head,
            submitted_at=now,
            approved_by=staff["officer"].pseudonym if running else None,
            approved_at=now if running else None,
        )
    FormDraft.objects.create(
        version=version,
        owner=staff["clerk"],
        key_suite=1,
        wrapped_key=A_KEY,
        sealed=A_KEY,
        saved_at=now,
        expires_at=now + timedelta(days=5),
    )


def access(register: Register, now: datetime) -> None:
    world = register.world
    staff = world.people
    for state, who in (
        (GrantState.PENDING, "clerk"),
        (GrantState.ACTIVE, "clerk"),
        (GrantState.ACTIVE, "sales_head"),
    ):
        StandingGrant.objects.create(
            staff=staff[who],
            purpose=SALES,
            fields=["mobile"],
            reason="联系客户",
            state=state,
            proposed_by=staff[who],
            proposed_at=now,
            until=now + timedelta(days=9),
            decided_by=staff["top_head"] if state == GrantState.ACTIVE else None,
            decided_at=now if state == GrantState.ACTIVE else None,
        )
    for days in (0, 10):
        opened = now - timedelta(days=days)
        EmergencyAccess.objects.create(
            staff=staff["clerk"],
            customer_id=register["li"],
            purpose=SALES,
            fields=["mobile"],
            reason="客户在门口等候，系统审批人都不在",
            opened_at=opened,
            until=opened + timedelta(minutes=10),
            review_due=clock.today(opened) + timedelta(days=3),
        )


def risks(register: Register, now: datetime) -> None:
    world = register.world
    staff = world.people
    RiskMark.objects.create(
        customer_id=register["li"],
        department=world.departments["sales"],
        reason="曾被冒名",
        proposed_by=staff["sales_head"],
        proposed_at=now,
    )
    RiskAlert.objects.create(
        customer_id=register["li"],
        department=world.departments["sales"],
        reader=staff["clerk"],
        purpose=SALES,
        fields=["mobile"],
        at=now,
    )
    SecretReader.objects.create(
        role="clerk",
        department=world.departments["sales"],
        until=now + timedelta(days=90),
        reason="年度谈判",
        asked_by=staff["sales_head"],
        asked_at=now,
    )
    reviews.open_now(actor=world.actor("security_admin"), now=now)


def programs(register: Register, now: datetime) -> None:
    world = register.world
    staff, made = world.people, list(_clients(register, now))
    asked, working = made
    assert asked.state == ClientState.PROPOSED
    common = {
        "client": working,
        "events": ["customer.changed"],
        "reason": "同步",
        "proposed_by": staff["sales_head"],
        "proposed_at": now,
    }
    Endpoint.objects.create(url="https://one.example/hook", **common)
    Endpoint.objects.create(
        url="https://two.example/hook",
        state=EndpointState.DISABLED,
        secret=A_KEY,
        wrapped_key=A_KEY,
        key_suite=1,
        disabled_at=now,
        decided_by=staff["officer"],
        decided_at=now,
        **common,
    )
    CustomerChange.objects.create(
        client=working,
        customer_id=register["li"],
        token=secrets.token_hex(8),
        fields=["mobile"],
        revision=1,
        at=now - timedelta(days=2),
    )


def _clients(register: Register, now: datetime) -> Iterator[ApiClient]:
    staff = register.world.people
    for state in (ClientState.PROPOSED, ClientState.APPROVED):
        yield ApiClient.objects.create(
            name=f"订单系统 {state}",
            owner=staff["clerk"],
            department=register.world.departments["sales"],
            purposes=[SALES],
            addresses=["10.0.0.0/8"],
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=12),
            reason="同步订单",
            state=state,
            proposed_by=staff["sales_head"],
            proposed_at=now,
            decided_by=staff["officer"] if state == ClientState.APPROVED else None,
            decided_at=now if state == ClientState.APPROVED else None,
        )


def pack_is_new() -> None:
    """As if the product had brought another rule pack than the one in force."""
    Pack.objects.update(sha256="0" * 64)
