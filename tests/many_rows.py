"""Many rows in every list at once, each about another person and another customer, put in place directly."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.grants.models import StandingGrant
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.reviews.models import Review, ReviewLine
from shouxin.access.secrets.models import SecretReader
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.access.webhooks.models import Attempt, Delivery, Endpoint, EndpointState
from shouxin.customers.bulk.models import BulkOperation, State
from shouxin.customers.cleanup.models import CleanupItem, Group
from shouxin.customers.collection.models import CollectionPlan, Undeclared
from shouxin.customers.collection_forms.models import CollectionForm, FormKind, FormVersion
from shouxin.customers.duplicates.models import Merge, SuspectedPair
from shouxin.customers.handover.models import Handover, HandoverState
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.messages.models import Message
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.promises.models import Promise
from shouxin.customers.public_forms.models import PublicForm
from shouxin.customers.quality import keeping
from shouxin.customers.quality.models import OutsideValue, Standing, Supplied
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Customer, Kind, Record, RecordKind, Scope, SupplyContract
from shouxin.kit import clock
from shouxin.people.guarding.models import SecurityNotice
from shouxin.people.guarding.models import Source as GuardedSource
from shouxin.people.models import Department, Departure, Staff
from shouxin.people.notices.models import Notice
from shouxin.rights.feedback.models import Category, Feedback, Source
from tests.message_rows import message_of
from tests.register import FOOTING, SALES, Register, kept


@dataclass
class Many:
    """What was made so far; every call of `more` adds to each list."""

    register: Register
    now: datetime
    made: int = 0
    contract: UUID = field(default_factory=uuid4)

    def more(self, count: int) -> None:
        numbers = range(self.made, self.made + count)
        self.made += count
        staff = [self._staff(n) for n in numbers]
        customers = self._customers(numbers)
        self._people(staff)
        self._access(staff, customers)
        self._reviews(staff)
        self._programs(staff, customers)
        self._register(staff, customers)
        self._from_outside(staff, customers)
        self._tidying(staff, customers)
        self._forms(staff)

    def _staff(self, n: int) -> Staff:
        return Staff.objects.create(
            user_name=f"many{n}",
            display_name=f"许多{n}",
            department=self.register.world.departments["sales"],
            roles=["clerk"],
        )

    def _customers(self, numbers: range) -> list[UUID]:
        clerk = self.register.world.actor("clerk")
        entries = [
            CustomerEntry(
                Kind.PERSON,
                kept({"person_name": f"钱多{n}", "customer_no": f"N-{n}", "mobile": f"138{n:08}"}),
                self.register.world.departments["sales"].id,
                Scope.DEPARTMENT,
                clerk.id,
            )
            for n in numbers
        ]
        before = set(Customer.objects.values_list("id", flat=True))
        registry.store(actor=clerk, footing=FOOTING, entries=entries, now=self.now)
        return sorted(set(Customer.objects.values_list("id", flat=True)) - before)

    def _people(self, staff: list[Staff]) -> None:
        admin, clerk = (self.register.world.people[who] for who in ("system_admin", "clerk"))
        for one in staff:
            Departure.objects.create(
                staff=one, last_day=clock.today(self.now), announced_by=admin, announced_at=self.now
            )
            GuardedSource.objects.create(
                kind=GuardedSource.Kind.LISTS,
                source=str(one.id),
                first_at=self.now,
                last_at=self.now,
                slowed_at=self.now,
                released_by=one,
                released_at=self.now,
            )
            SecurityNotice.objects.create(
                staff=clerk, kind=SecurityNotice.Kind.NEW_PLACE, at=self.now, about=one.id
            )
            Notice.objects.create(
                recipient=clerk, kind="grants.awaiting", thing=uuid4(), step="new", path="/", at=self.now
            )

    def _access(self, staff: list[Staff], customers: list[UUID]) -> None:
        sales = self.register.world.departments["sales"]
        for one, customer in zip(staff, customers, strict=True):
            StandingGrant.objects.create(
                staff=one,
                purpose=SALES,
                fields=["mobile"],
                until=self.now + timedelta(days=30),
                reason="日常联系客户",
                proposed_by=one,
                proposed_at=self.now,
            )
            EmergencyAccess.objects.create(
                staff=one,
                customer_id=customer,
                purpose=SALES,
                fields=["mobile"],
                reason="客户在门口等候",
                opened_at=self.now,
                until=self.now + timedelta(minutes=10),
                review_due=clock.today(self.now),
            )
            RiskMark.objects.create(
                customer_id=customer,
                department=sales,
                reason="曾被冒名",
                proposed_by=one,
                proposed_at=self.now,
            )
            SecretReader.objects.create(
                role="clerk",
                department=sales,
                until=self.now + timedelta(days=30),
                reason="报价",
                asked_by=one,
                asked_at=self.now,
            )
            RiskAlert.objects.create(
                customer_id=customer,
                department=sales,
                reader=one,
                purpose=SALES,
                fields=["mobile"],
                at=self.now,
            )

    def _reviews(self, staff: list[Staff]) -> None:
        for one in staff:
            place = Department.objects.create(name=f"{one.display_name}部")
            review = Review.objects.create(
                department=place,
                period="2026Q4",
                opened_at=self.now,
                due_at=self.now + timedelta(days=9),
            )
            ReviewLine.objects.create(
                review=review,
                kind="role",
                subject=uuid4(),
                holder=one,
                what={"role": "clerk"},
                since=self.now,
            )

    def _programs(self, staff: list[Staff], customers: list[UUID]) -> None:
        people = self.register.world.people
        for one, customer in zip(staff, customers, strict=True):
            client = ApiClient.objects.create(
                name=one.display_name,
                owner=one,
                department=self.register.world.departments["sales"],
                purposes=[SALES],
                addresses=["10.0.0.0/8"],
                starts_at=self.now,
                ends_at=self.now + timedelta(days=12),
                reason="同步订单",
                state=ClientState.APPROVED,
                proposed_by=one,
                proposed_at=self.now,
                decided_by=people["officer"],
                decided_at=self.now,
            )
            endpoint = Endpoint.objects.create(
                client=client,
                url=f"https://{one.user_name}.example/hook",
                events=["customer.changed"],
                reason="同步",
                state=EndpointState.DISABLED,
                secret=b"\x00" * 32,
                wrapped_key=b"\x00" * 32,
                key_suite=1,
                disabled_at=self.now,
                proposed_by=one,
                proposed_at=self.now,
                decided_by=people["officer"],
                decided_at=self.now,
            )
            delivery = Delivery.objects.create(
                endpoint=endpoint, event="customer.changed", body="{}", at=self.now, state="failed"
            )
            Attempt.objects.create(
                delivery=delivery, at=self.now, outcome="status", status=500, milliseconds=3
            )
            CustomerToken.objects.create(client=client, customer_id=customer, record_id=customer, at=self.now)
            CustomerChange.objects.create(
                client=client,
                customer_id=customer,
                token=secrets.token_hex(8),
                fields=["mobile"],
                revision=1,
                at=self.now,
                delivery=delivery,
            )

    def _register(self, staff: list[Staff], customers: list[UUID]) -> None:
        clerk, sales = self.register.world.people["clerk"], self.register.world.departments["sales"]
        for one, customer in zip(staff, customers, strict=True):
            BulkOperation.objects.create(
                staff=clerk,
                verb="segment",
                purpose=SALES,
                total=3,
                done=2,
                failed=1,
                state=State.DONE,
                asked_at=self.now,
                ended_at=self.now,
            )
            Message.objects.create(**message_of(clerk, self.now))
            ImportBatch.objects.create(
                state=BatchState.DRAFT,
                operator=one,
                operator_pseudonym=one.pseudonym,
                department=sales,
                purpose=SALES,
                fingerprint=secrets.token_bytes(32),
                size=1,
                key_suite=1,
                uploaded_at=self.now,
            )
            record = Record.objects.create(
                customer_id=customer, kind=RecordKind.INTERACTION, created_by=clerk.id, created_at=self.now
            )
            Promise.objects.create(
                customer_id=customer,
                record=record,
                kind=PromiseKind.PROMISE,
                owner=clerk,
                due_on=clock.today(self.now),
                made_at=self.now,
            )

    def _from_outside(self, staff: list[Staff], customers: list[UUID]) -> None:
        first = not SupplyContract.objects.filter(id=self.contract).exists()
        for n, (one, customer) in enumerate(zip(staff, customers, strict=True)):
            OutsideValue.objects.create(
                id=uuid4(),
                customer_id=customer,
                record_id=customer,
                field="company_name",
                mark=1,
                public=one.display_name,
                purpose=SALES,
                supplier="会展公司",
                provenance=uuid4(),
                offered_by=one.pseudonym,
                offered_at=self.now,
            )
            SupplyContract.objects.create(
                id=self.contract if first and n == 0 else uuid4(),
                name=one.display_name,
                number=one.user_name,
                supplier=one.display_name,
                purpose=SALES,
                begins_on=clock.today(self.now),
                ends_on=clock.today(self.now),
                declared="合同",
                made_by=one,
                made_at=self.now,
            )
        Supplied.objects.bulk_create(
            Supplied(contract_id=self.contract, customer_id=one, record_id=one, field="mobile", at=self.now)
            for one in customers
        )

    def _tidying(self, staff: list[Staff], customers: list[UUID]) -> None:
        clerk, head = (self.register.world.people[who] for who in ("clerk", "sales_head"))
        while keeping.fill(now=self.now):
            pass
        Standing.objects.filter(customer_id__in=customers).update(due_on=clock.today(self.now))
        for n, (one, customer) in enumerate(zip(staff, customers, strict=True)):
            first, second = sorted([customer, self.register["li"]])
            SuspectedPair.objects.create(
                customer_id=first,
                other_id=second,
                score=0.9,
                reasons=["number:same"],
                run_id=uuid4(),
                found_at=self.now,
            )
            Merge.objects.create(
                customer_id=customer, absorbed_id=uuid4(), fields=[], merged_by=one, merged_at=self.now
            )
            CleanupItem.objects.create(
                customer_id=customer, group=Group.DEAD, reasons=["reach.none"], run_id=uuid4()
            )
            proposed = n % 2 == 0
            Handover.objects.create(
                customer_id=customer,
                leaver=one,
                successor=clerk if proposed else None,
                state=HandoverState.PROPOSED if proposed else HandoverState.WAITING,
                began_at=self.now,
                proposed_by=head if proposed else None,
                proposed_at=self.now if proposed else None,
            )

    def _forms(self, staff: list[Staff]) -> None:
        for one in staff:
            form = CollectionForm.objects.create(
                kind=FormKind.SURVEY, created_by=one.pseudonym, created_at=self.now
            )
            FormVersion.objects.create(
                form=form,
                number=1,
                title_zh=one.display_name,
                purpose=SALES,
                drafted_by=one.pseudonym,
                drafted_at=self.now,
            )
            CollectionPlan.objects.create(
                title=one.display_name,
                goal="了解送装服务",
                group_text="收过货的客户",
                starts_on=clock.today(self.now),
                ends_on=clock.today(self.now) + timedelta(days=3),
                maximum=100,
                content_sha256=secrets.token_hex(32),
                drafted_by=one.pseudonym,
                drafted_at=self.now,
            )
            self._from_the_public(one, form)
            Undeclared.objects.create(
                form=form,
                door="staff",
                source=one.pseudonym,
                network="own",
                day=clock.today(self.now),
                count=1,
                fields=1,
                last_at=self.now,
            )

    def _from_the_public(self, one: Staff, form: CollectionForm) -> None:
        department = one.department_id
        assert department
        PublicForm.objects.create(
            form=form,
            department_id=department,
            ends_on=clock.today(self.now) + timedelta(days=3),
            maximum=100,
            proposed_by=one.pseudonym,
            proposed_at=self.now,
        )
        Feedback.objects.create(
            number=f"FK-{form.id.hex[-12:]}",
            code_digest=b"",
            category=Category.SERVICE,
            source=Source.PORTAL,
            owner=one,
            department_id=department,
            filed_at=self.now,
            due_on=clock.today(self.now) + timedelta(days=3),
            key_suite=1,
            wrapped_key=b"",
            words=b"",
        )
