"""What a demonstration consists of: plain data, in the words of the catalogue's field keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shouxin.core.policy import Role

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoDepartment:
    """A department; `key` is what others refer to it by, `head` the user name of its head."""

    key: str
    name: str
    parent: str | None
    head: str


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A member of staff with a log-in."""

    user_name: str
    name: str
    title: str
    department: str
    roles: tuple[Role, ...]
    password: str


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """A contact, order, contract or interaction; `lines` are an order's lines."""

    kind: str
    values: Values
    lines: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A person or an organisation with its records.

    `purpose` is the purpose the customer was recorded under, `responsible` a user name, `flaws` the field keys
    whose values are wrong on purpose, `same_as` the number of the customer who is the same person, "" without one.
    """

    kind: str
    purpose: str
    department: str
    responsible: str
    province: str
    values: Values
    records: tuple[DemoRecord, ...]
    flaws: frozenset[str] = field(default_factory=frozenset)
    same_as: str = ""

    @property
    def number(self) -> str:
        return self.values["customer_no"]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A whole organisation at a moment of its life, made from a seed."""

    seed: int
    organisation: str
    departments: tuple[DemoDepartment, ...]
    staff: tuple[DemoStaff, ...]
    customers: tuple[DemoCustomer, ...]
