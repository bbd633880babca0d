"""The same queries by the product's own services: gate, vault, consents, rulebook, journal; nothing beside them.

Which customers a page or a deletion is about is asked of the tables by id alone; what may be seen of each is for the
gate to say, and is journalled. There are no rooms for periods yet: what a run of theirs would pick is picked here.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from benchmarks.gdprbench.operations import (
    FIELDS,
    LEASING,
    LOGS,
    LOT,
    PAGE,
    SERVICE,
    Model,
    Operation,
    User,
)
from tests.world import World

SALES, OWN, OVERSIGHT, LANGUAGE = "sales_contract", "individual_rights", "gdprbench_oversight", "zh-Hans"
BATCH = 500
LIVE = """
SELECT g.customer_id, g.storage_group FROM {owners}
WHERE g.storage_group = ANY(%(groups)s) AND g.state <> 'destroyed'
ORDER BY g.customer_id, array_position(%(groups)s, g.storage_group) LIMIT %(most)s
"""
# Of everybody, or of those of one purpose: these first, and the groups of each, whatever the planner believes.
EVERYBODY = "(SELECT * FROM vault_group g WHERE g.customer_id >= %(start)s AND {where}) g"
OF_PURPOSE = """
(SELECT customer_id FROM customers_consent WHERE purpose = %(purpose)s AND kind = 'general'
    AND customer_id >= %(start)s{given} ORDER BY customer_id OFFSET 0) k
CROSS JOIN LATERAL (SELECT * FROM vault_group v WHERE v.customer_id = k.customer_id OFFSET 0) g
"""
NOT_REFUSED = (
    "NOT EXISTS (SELECT FROM customers_refused_purpose r WHERE r.customer_id = g.customer_id"
    " AND r.purpose = %(purpose)s AND r.lifted_at IS NULL)"
)
BEFORE = "g.customer_id <= %(last)s"
EVENTS = {"deleted": "group.destroyed", "updated": "customer.changed"}


def purpose_key(number: int) -> str:
    return f"gdprbench_{number}"


class Ours:
    """Everybody who acts, and the ids of the customers in the order in which they were stored."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk, self.head, self.officer = (world.actor(who) for who in ("clerk", "sales_head", "officer"))
        self.auditor = world.actor("audit_admin")
        self.ids: list[UUID] = []
        self.numbers: dict[UUID, int] = {}
        self.groups: dict[str, str] = {}
        self._expired = UUID(int=0)
        self._verbs: dict[str, Callable[[Operation], Any]] = {
            kind: getattr(self, "_" + kind.replace("-", "_")) for kind in KINDS
        }

    def load(self, model: Model) -> None:
        from shouxin.gate.facts import rules

        self._purposes(model)
        known = rules["rulebook"].fields()
        self.groups = {name: known[name].storage_group for name in FIELDS}
        self.program = self._program(model)
        for start in range(0, len(model.users), BATCH):
            self._store_runs(model.users[start : start + BATCH])
        self._expired = self.ids[model.expired - 1]

    def rest(self) -> None:
        """As if a day had passed: who looks at so many people is paused, and sees a number of rows a day and no more;
        neither is measured here."""
        from shouxin.gate.models import RowUse
        from shouxin.people.guarding.models import Source

        Source.objects.all().delete()
        RowUse.objects.all().delete()

    def do(self, one: Operation) -> Any:
        return self._verbs[one.kind](one)

    def _purposes(self, model: Model) -> None:
        """Purposes that rest on consent, and one for whoever supervises, each with a notice of its own."""
        from shouxin.rulebook.purposes.models import NoticeVersion

        self._template = NoticeVersion.objects.filter(notice="customers", language=LANGUAGE).latest("number")
        for number, terms in enumerate(model.purposes):
            self._purpose(purpose_key(number), "marketing", ["clerk", "head"], terms.recipient)
        self._purpose(OVERSIGHT, "legal_obligation", ["officer"], "监管部门")

    def _purpose(self, key: str, like: str, roles: list[str], recipient: str) -> None:
        """Drafted by one person, approved by another, on the basis that another purpose has."""
        from shouxin.rulebook.purposes import services
        from shouxin.rulebook.purposes.models import Notice, Purpose

        texts = ("description_zh", "description_en", "handler", "subjects_zh", "subjects_en")
        links = ("basis_id", "article_id", "retention_rule_id")
        row = Purpose.objects.get(key=like)
        Notice.objects.create(key=key, title_zh=key)
        services.draft_purpose(
            self.head,
            key=key,
            departments=[self.world.departments[n] for n in ("sales", "compliance")],
            roles=roles,
            use="business",
            name_zh=key,
            name_en=key,
            recipients_zh=recipient,
            recipients_en="A recipient",
            notice_id=key,
            **{name: getattr(row, name) for name in (*texts, *links)},
        )
        for name in FIELDS:
            services.set_need(
                self.head, key=key, field=name, necessity="required", reason_zh="联系", reason_en="Contact"
            )
        services.submit_purpose(self.head, key=key)
        self._in_force(key)

    def _notice(self, key: str) -> None:
        from shouxin.kit import clock
        from shouxin.rulebook.purposes import noticing

        version = noticing.draft_notice(
            self.head,
            key=key,
            language=LANGUAGE,
            template=self._template.template,
            contact=self._template.contact,
            effective_on=clock.today(),
        )
        noticing.approve_notice(self.officer, version_id=version.id)

    def _in_force(self, key: str, *, told: bool = False) -> None:
        from shouxin.rulebook.purposes import services

        if not told:
            self._notice(key)
        services.approve_purpose(self.officer, key=key)
        services.activate_purpose(self.officer, key=key)

    def _program(self, model: Model) -> Any:
        """The processor: a program with a token, allowed to read these fields clear for these purposes."""
        from shouxin.access.clients import door, services
        from shouxin.access.clients.rules import MOST_DAILY_ROWS, MOST_PER_MINUTE, Wanted
        from shouxin.kit import clock

        now = clock.now()
        asked = services.propose(
            actor=self.head,
            owner=self.world.people["clerk"].id,
            department=self.world.departments["sales"].id,
            wanted=Wanted(
                name="受托处理",
                purposes=[SERVICE, LEASING, *(purpose_key(n) for n in range(len(model.purposes)))],
                readable=FIELDS,
                clear=FIELDS,
                writable=[],
                addresses=["127.0.0.1"],
                per_minute=MOST_PER_MINUTE,
                daily_rows=MOST_DAILY_ROWS,
                starts_at=now - timedelta(minutes=1),
                ends_at=now + timedelta(days=30),
                reason="受托处理客户信息",
            ),
            now=now,
        )
        token = services.approve(actor=self.officer, client=asked.id, now=now)[1]
        return door.come_in(token=token, address="127.0.0.1", now=clock.now()).actor

    def _store_runs(self, users: Sequence[User]) -> None:
        start = 0
        for number in range(1, len(users) + 1):
            if number == len(users) or users[number].purpose != users[start].purpose:
                self._store(users[start].purpose, [user.texts for user in users[start:number]])
                start = number

    def _store(self, purpose: int, people: Sequence[dict[str, str]]) -> None:
        """New customers with what they agree to, recorded before the first value."""
        from shouxin.customers.consents import pages
        from shouxin.customers.consents import services as consents
        from shouxin.customers.registry import services
        from shouxin.customers.registry.entries import CustomerEntry, Footing
        from shouxin.customers.registry.models import Channel, Kind, Method, Scope
        from shouxin.customers.registry.rules import Kept
        from shouxin.kit import clock

        now, key = clock.now(), purpose_key(purpose)
        page = pages.present(purpose=key, language=LANGUAGE, now=now)
        agreed = consents.agreement(
            shown=page.sha256, ticked=frozenset({"general"}), how=self._how(), now=now
        )
        sales = self.world.departments["sales"].id
        done = services.store(
            actor=self.clerk,
            footing=Footing(key, Channel.SALES, Method.HAND, agreement=agreed),
            entries=[
                CustomerEntry(
                    Kind.PERSON, {n: Kept(text, 1) for n, text in texts.items()}, sales, Scope.DEPARTMENT
                )
                for texts in people
            ],
            now=now,
        )
        for one in done:
            self.numbers[one.customer] = len(self.ids)
            self.ids.append(one.customer)

    def _how(self) -> Any:
        from shouxin.customers.consents.models import Channel
        from shouxin.customers.consents.services import How

        return How(Channel.COUNTER, own_wish=True)

    # Creating and deleting

    def _create_record(self, one: Operation) -> None:
        self._store(one.purpose, [{one.field: one.text}])

    def _delete_record_by_key(self, one: Operation) -> int:
        return self._destroy([(self.ids[one.user], self.groups[one.field])])

    def _delete_record_by_usr(self, one: Operation) -> int:
        from shouxin.customers.registry.destroying import destroy_customer
        from shouxin.kit import clock

        customer = self.ids[one.user]
        return destroy_customer(actor=self.officer, customer=customer, reason="erasure", now=clock.now())

    def _delete_record_by_pur(self, one: Operation) -> int:
        owners = OF_PURPOSE.format(given="")
        return self._destroy(self._live(owners, FIELDS, LOT, purpose=purpose_key(one.purpose)))

    def _delete_record_by_ttl(self, _one: Operation) -> int:
        return self._destroy(self._live(EVERYBODY.format(where=BEFORE), FIELDS, LOT, last=self._expired))

    def _destroy(self, groups: Sequence[tuple[UUID, str]]) -> int:
        from shouxin.vault import services as vault

        return vault.destroy_groups(actor=self.officer, groups=groups, reason="erasure")

    def _live(self, owners: str, names: Iterable[str], most: int, **named: Any) -> list[tuple[UUID, str]]:
        from django.db import connection

        groups = [self.groups[name] for name in sorted(names)]
        given: dict[str, Any] = {"start": UUID(int=0), "groups": groups, "most": most} | named
        with connection.cursor() as cursor:
            cursor.execute(LIVE.format(owners=owners), given)
            return [(customer, group) for customer, group in cursor.fetchall()]

    # Changing

    def _update_data_by_key(self, one: Operation) -> None:
        from shouxin.customers.registry import queries, services
        from shouxin.customers.registry.entries import Footing
        from shouxin.customers.registry.models import Channel, Method
        from shouxin.customers.registry.rules import Kept
        from shouxin.kit import clock

        row = queries.find(self.clerk, self.ids[one.user])
        assert row
        services.edit(
            actor=self.clerk,
            footing=Footing(SALES, Channel.SALES, Method.HAND),
            customer=row.id,
            revision=row.revision,
            values={one.field: Kept(one.text, 1)},
            now=clock.now(),
        )

    def _update_metadata_by_key(self, one: Operation) -> None:
        from shouxin.core.policy import customer_actor
        from shouxin.customers.consents import pages, services
        from shouxin.customers.consents.models import RefusalKind
        from shouxin.kit import clock

        customer, now = self.ids[one.user], clock.now()
        person, key = customer_actor(customer), purpose_key(one.purpose)
        about: dict[str, Any] = {"actor": person, "customer": customer, "now": now}
        if one.field == "consents" and one.on:
            page = pages.present(purpose=key, language=LANGUAGE, now=now)
            services.decide(**about, shown=page.sha256, ticked=frozenset({"general"}), how=self._how())
        elif one.field == "consents":
            services.withdraw(**about, purpose=key, how=self._how())
        elif one.on:
            objects = one.field == "objects"
            kind = RefusalKind.OBJECTED if objects else RefusalKind.RESTRICTED
            services.refuse_purpose(**about, purpose=SERVICE if objects else LEASING, kind=kind)
        else:
            services.allow_again(**about, purpose=SERVICE if one.field == "objects" else LEASING)

    def _update_metadata_by_usr(self, one: Operation) -> None:
        from shouxin.customers.registry import services
        from shouxin.customers.registry.models import Scope
        from shouxin.kit import clock

        services.assign(
            actor=self.clerk,
            customer=self.ids[one.user],
            responsible=None,
            scope=Scope.ORGANISATION if one.on else Scope.DEPARTMENT,
            purpose=SALES,
            now=clock.now(),
        )

    def _update_metadata_by_pur(self, one: Operation) -> None:
        names = ("sales", "compliance", *(("service",) if one.on else ()))
        self._revise(purpose_key(one.purpose), departments=[self.world.departments[n] for n in names])

    def _update_metadata_by_shr(self, one: Operation) -> None:
        key = purpose_key(one.purpose)
        self._revise(key, told=False, recipients_zh=one.text)

    def _revise(self, key: str, *, told: bool = True, **changes: Any) -> None:
        """Two people change a purpose; who is told of it reads a new notice."""
        from shouxin.rulebook.purposes import services

        services.revise_purpose(self.officer, key=key, reason="变更")
        services.edit_purpose(self.head, key=key, **changes)
        services.submit_purpose(self.head, key=key)
        self._in_force(key, told=told)

    # Reading

    def _read_data_by_key(self, one: Operation) -> Any:
        return self._open(purpose_key(one.purpose), [self.ids[one.user]], one.field)

    def _read_data_by_pur(self, one: Operation) -> Any:
        owners = OF_PURPOSE.format(given=" AND state = 'given'")
        return self._page(one, purpose_key(one.purpose), owners)

    def _read_data_by_obj(self, one: Operation) -> Any:
        return self._page(one, SERVICE, EVERYBODY.format(where=NOT_REFUSED))

    def _read_data_by_dec(self, one: Operation) -> Any:
        return self._page(one, LEASING, EVERYBODY.format(where=NOT_REFUSED))

    def _page(self, one: Operation, purpose: str, owners: str) -> Any:
        found = self._live(owners, [one.field], PAGE, purpose=purpose, start=self.ids[one.user])
        return self._open(purpose, [customer for customer, _ in found], one.field)

    def _open(self, purpose: str, customers: Sequence[UUID], name: str) -> dict[tuple[int, str], str]:
        return self._opened(self.program, purpose, customers, [name], "delivery")

    def _opened(
        self, actor: Any, purpose: str, customers: Sequence[UUID], names: Sequence[str], reason: str
    ) -> dict[tuple[int, str], str]:
        from shouxin.core.policy import Action, Form
        from shouxin.gate import services as gate
        from shouxin.kit import clock

        try:
            opened = gate.open_sealed(
                actor=actor,
                purpose=purpose,
                customers=customers,
                fields=names,
                action=Action.READ,
                reason=reason,
                now=clock.now(),
                records=customers,
            )
        except gate.Refused:
            return {}
        return {
            (self.numbers[customer], name): shown.text
            for customer in opened.permit.customers
            for name, shown in opened.revealed.of(customer).items()
            if shown.form is Form.CLEAR and shown.text is not None
        }

    def _read_data_by_usr(self, one: Operation) -> Any:
        from shouxin.core.policy import customer_actor
        from shouxin.kit import clock

        customer = self.ids[one.user]
        person = customer_actor(customer, second_factor_at=clock.now())
        return self._opened(person, OWN, [customer], FIELDS, "own_access")

    def _kept(self, actor: Any, purpose: str, customer: UUID, names: Sequence[str]) -> list[str]:
        """Which of them there are, told by a masked view, as the person or the officer gets it."""
        from shouxin.core.policy import Action
        from shouxin.gate import services as gate
        from shouxin.kit import clock

        try:
            opened = gate.open_sealed(
                actor=actor,
                purpose=purpose,
                customers=[customer],
                fields=names,
                action=Action.VIEW,
                reason="",
                now=clock.now(),
                records=[customer],
            )
        except gate.Refused:
            return []
        return sorted(opened.revealed.of(customer)) if customer in opened.permit.customers else []

    def _decided(self, customer: UUID, purpose: int) -> tuple[bool, bool, bool]:
        from shouxin.customers.consents import reading
        from shouxin.customers.consents.models import State

        given = {row.purpose for row in reading.standing(customer) if row.state == State.GIVEN}
        refused = {row.purpose for row in reading.refusals(customer)}
        return purpose_key(purpose) in given, SERVICE in refused, LEASING in refused

    def _read_metadata_by_key(self, one: Operation) -> Any:
        from shouxin.core.policy import customer_actor

        customer = self.ids[one.user]
        kept = self._kept(customer_actor(customer), OWN, customer, [one.field])
        return (one.field, *self._decided(customer, one.purpose)) if kept else None

    def _read_metadata_by_usr(self, one: Operation) -> Any:
        from shouxin.customers.registry import queries
        from shouxin.customers.registry.models import Scope
        from shouxin.rulebook.purposes import reading

        customer = self.ids[one.user]
        kept = self._kept(self.officer, OVERSIGHT, customer, FIELDS)
        row = queries.find(self.officer, customer)
        if not kept or row is None:
            return None
        purpose = reading.found(purpose_key(one.purpose))
        wide = len(reading.departments(purpose.key)) > 2
        shared = row.scope == Scope.ORGANISATION
        return (*kept, *self._decided(customer, one.purpose), shared, purpose.recipients_zh, wide)

    def _get_system_logs(self, one: Operation) -> int:
        names = [EVENTS[one.field]] if one.field in EVENTS else ["consent.decided", "consent.withdrawn"]
        return min(LOGS, sum(len(self._log(self.ids[one.user], name)) for name in names))

    def _log(self, customer: UUID, event: str) -> Sequence[Any]:
        from shouxin.console.journal.services import Search, read
        from shouxin.kit.lists import Place, by_age

        search, place = Search(event=event, customer=customer), Place(size=LOGS)
        return read(self.auditor, search=search, sort=by_age()[0], place=place).rows

    def _verify_deletion(self, one: Operation) -> bool:
        """No key is left, and the journal holds the tombstone."""
        from shouxin.core.policy import GroupState
        from shouxin.vault.queries import states

        customer, group = self.ids[one.user], self.groups[one.field]
        state = states([customer]).get(customer, {}).get(group)
        stones = [line.data["group"] for line in self._log(customer, EVENTS["deleted"])]
        return state is GroupState.DESTROYED and group in stones


KINDS = (
    "create-record", "delete-record-by-key", "delete-record-by-usr", "delete-record-by-pur", "delete-record-by-ttl",
    "update-data-by-key", "update-metadata-by-key", "update-metadata-by-usr", "update-metadata-by-pur",
    "update-metadata-by-shr", "read-data-by-key", "read-data-by-usr", "read-data-by-pur", "read-data-by-obj",
    "read-data-by-dec", "read-metadata-by-key", "read-metadata-by-usr", "get-system-logs", "verify-deletion",
)  # fmt: skip
