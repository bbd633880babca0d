"""The words a decision is made of: who asks, for what, about which fields, and what is known.

Grades follow JR/T 0197-2020's five levels; exposure classes are the product's public / semi-public / private.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from shouxin.core.policy.permissions import Permission, Role
from shouxin.core.text import Text

if TYPE_CHECKING:
    from shouxin.core.policy.regions import Regions


class NotAllowed(Exception):
    """The actor's roles do not give the permission `needed`."""

    def __init__(self, needed: Permission) -> None:
        super().__init__(needed.value)
        self.needed = needed


class ActorKind(StrEnum):
    STAFF = "staff"
    CLIENT = "client"  # a program with a token
    SERVICE = "service"  # named maintenance inside the product
    CUSTOMER = (
        "customer"  # the person the information is about, at their own door: only ever about themselves
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. There is no anonymous and no optional actor.

    `pseudonym` is what the journal keeps; `department_ids` are the departments whose customers count as the
    actor's department's own (a head's include those below).
    """

    id: UUID
    kind: ActorKind
    pseudonym: UUID
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    department_id: UUID | None = None
    department_ids: frozenset[UUID] = frozenset()
    name: str = ""  # of a service actor only; never a person's name
    sight: "Sight" = field(default_factory=lambda: Sight.DEPARTMENT)
    second_factor_at: datetime | None = (
        None  # when this session last proved it; a password proves nothing here
    )
    second_apart: bool = False  # of a customer: by another way than they came in

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises:
        NotAllowed: the actor lacks `permission`."""
        if permission not in self.permissions:
            raise NotAllowed(permission)


_SERVICE_ACTORS = UUID("6f1d0c9e-2b1e-5a53-9d0c-7a1a5c0f3e11")


def service_actor(name: str) -> Actor:
    """The maintenance actor `name`: same id in every installation, so that its entries are recognised anywhere."""
    identity = uuid5(_SERVICE_ACTORS, name)
    return Actor(id=identity, kind=ActorKind.SERVICE, pseudonym=identity, name=name)


CUSTOMER_NAME = "customer"  # by which a purpose lets the person concerned act for it


def customer_actor(
    customer: UUID, *, second_factor_at: datetime | None = None, second_apart: bool = False
) -> Actor:
    """The customer as the one who acts: sees, gives, withdraws, corrects what is held about them (PIPL 44-47).

    The journal names them by the id that its entries about them carry anyway.
    """
    return Actor(
        customer,
        ActorKind.CUSTOMER,
        customer,
        name=CUSTOMER_NAME,
        second_factor_at=second_factor_at,
        second_apart=second_apart,
    )


class Sight(StrEnum):
    """How far somebody sees customers; whatever they see is masked until a grant says otherwise."""

    OWN = "own"  # those they are responsible for
    DEPARTMENT = "department"  # those of their department, a head's with all below
    ALL = "all"  # everybody's, never clear


class Action(StrEnum):
    """What is to happen with the values."""

    VIEW = "view"  # a masked page or list
    SEARCH = "search"  # a masked result list
    REVEAL = "reveal"  # clear values on a screen
    DIAL = "dial"  # a number goes to the clerk's own phone dialler and to no screen of ours (拨号不看号)
    READ = "read"  # clear or masked values over the API
    WRITE = "write"  # store values
    MAINTAIN = "maintain"  # a named service actor works on values that never leave the process


class Form(StrEnum):
    """How a value is shown, from most to least."""

    CLEAR = "clear"
    MASKED = "masked"
    HIDDEN = "hidden"  # 已隐藏: there is a value, nothing of it is shown
    ABSENT = "absent"  # not even that there is one


FORM_ORDER = (Form.ABSENT, Form.HIDDEN, Form.MASKED, Form.CLEAR)


class Exposure(StrEnum):
    PUBLIC = "public"
    SEMI_PUBLIC = "semi_public"
    PRIVATE = "private"


class Use(StrEnum):
    BUSINESS = "business"
    MARKETING = "marketing"
    SERVICE = "service"


class Storage(StrEnum):
    CLEAR = "clear"  # graded public: stands in clear
    SEALED = "sealed"
    INDEXED = "indexed"  # sealed, with search indexes
    FORBIDDEN = "forbidden"  # may not be stored at all


class Necessity(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"


class GroupState(StrEnum):
    """State of one (customer, storage group); LOCKED is 封存, storage and protection only (PIPL 47)."""

    COLLECTED = "collected"
    IN_USE = "in_use"
    LOCKED = "locked"
    DESTROYED = "destroyed"
    TRANSFERRED = "transferred"
    ANONYMISED = "anonymised"


class Relation(StrEnum):
    """How a customer stands to the actor."""

    OWN = "own"
    DEPARTMENT = "department"
    ORGANISATION = "organisation"  # visible masked to the whole organisation
    OVERSEEN = "overseen"  # seen only because one's view covers everybody's; never clear, whatever else holds
    NONE = "none"  # to this actor the customer does not exist


class PurposeStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A catalogue field as the gate, the vault and the import see it."""

    key: str
    name: Text
    record: str  # profile | contact | order | order_line | contract | interaction | promise | attachment
    level: int  # 1–5
    exposure: Exposure
    personal: bool
    sensitive: bool
    trade_secret: bool
    uses: frozenset[Use]
    masking_rule: str
    storage: Storage
    indexes: tuple[str, ...]
    storage_group: str
    retention_rule: str
    validator: str
    active: bool
    subject_type: str = "both"  # natural | legal | both | third person
    review_months: int = 0  # how often a value is to be verified; 0: never, a fact of the past
    by_region: bool = False  # out of reach of grants given elsewhere, because of the customer's region


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """A processing activity as the gate sees it (个人信息处理活动记录)."""

    key: str
    name: Text
    basis: str
    article: str  # e.g. 个人信息保护法 第13条第1款第2项
    consent_based: bool
    roles: frozenset[Role]
    use: Use | None
    fields: Mapping[str, Necessity]
    status: PurposeStatus
    notice_version_id: UUID | None
    requires: frozenset[str] = frozenset()  # names of facts this purpose rests on, e.g. "consent"
    services: frozenset[str] = frozenset()  # service actors that may act for it
    departments: frozenset[UUID] = frozenset()  # whose staff may act for it; empty means every department's
    retention_rule: str = ""  # holds for what has no retention rule of its own
    counted: frozenset[str] = (
        frozenset()
    )  # fields without which a customer's information counts as incomplete
    max_ages: Mapping[str, int] = field(
        default_factory=dict
    )  # months; only where stricter than the field's own

    def admits(self, actor: Actor) -> bool:
        """Whether a member of staff, by role and department, is one of those the purpose is for."""
        mine = actor.department_ids | ({actor.department_id} if actor.department_id else frozenset())
        return bool(actor.roles & self.roles) and (not self.departments or bool(mine & self.departments))

    def retention_of(self, field: FieldRule) -> str:
        """The retention rule of a value kept for this purpose: the field's own, else the purpose's."""
        return field.retention_rule or self.retention_rule


@dataclass(frozen=True, slots=True)
class Grant:
    """A 用数授权 in force for the actor: named fields, one purpose, an end, a number a day."""

    id: UUID
    kind: str  # standing | application | client | emergency
    purpose: str
    fields: frozenset[str]
    until: datetime
    daily_limit: int
    used_today: int
    own_customers_only: bool = True
    covers_sensitive: bool = False
    covers_bulk: bool = False
    customers: frozenset[UUID] | None = None  # only these; None: every customer within its scope
    approvals: int = 1  # how many people approved it
    lasts: timedelta | None = None  # from its proposal to its end; None: not known to be short
    # Of a program's grant alone: the fields it may name at all, whatever their form; `fields` are those it sees clear.
    readable: frozenset[str] = frozenset()
    writable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A customer contact (一次接待) the actor has open for one customer."""

    purpose: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known about one customer at the moment of asking; of whom the same is known share it."""

    exists: bool = True
    relation: Relation = Relation.NONE
    quarantined: bool = False  # its outside batch is not accepted
    restricted: bool = False  # the person restricted processing (PIPL 44)
    states: Mapping[str, GroupState] = field(default_factory=dict)
    contact: ContactFact | None = None
    jurisdiction: str = "CN"
    also_under: tuple[str, ...] = ()  # other jurisdictions that its signs point to
    consented: frozenset[str] = (
        frozenset()
    )  # fields consented to for the purpose, when a consent provider exists
    agreed_under: tuple[str, ...] = ()  # the versions of the notices they agreed to, by id
    refused_purpose: bool = False  # the person refused or restricted this very purpose (PIPL 44)
    high_risk: bool = False  # marked as 高风险, and so are these fields of everybody
    high_risk_fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """May `actor`, for `purpose`, do `action` with `fields` of `customers`, giving `reason`?"""

    actor: Actor
    purpose: str
    action: Action
    customers: tuple[UUID, ...]
    fields: tuple[str, ...]
    reason: str
    now: datetime
    # Of a write alone: what the people concerned agree to by this very act, recorded before the first value, and
    # whether customers are among them who do not exist yet.
    agreed: frozenset[str] = frozenset()
    newcomers: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may rest on; nothing else is asked."""

    fields: Mapping[str, FieldRule]
    purpose: PurposeRule | None
    customers: Mapping[UUID, CustomerFacts]
    grants: tuple[Grant, ...] = ()
    readiness_missing: tuple[Text, ...] = ()
    available: frozenset[str] = frozenset()
    alternatives: Sequence[PurposeRule] = ()  # other active purposes of the actor, for ways out
    regions: "Regions" = field(default_factory=dict)  # what the profiles in force demand

    def granted(self, customer: UUID) -> "Facts":
        """The same, with the grants alone that reach this customer."""
        grants = tuple(one for one in self.grants if one.customers is None or customer in one.customers)
        return replace(self, grants=grants)
