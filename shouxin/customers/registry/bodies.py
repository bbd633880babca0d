"""What programs send about customers and what they are answered; sent texts are checked here for shape alone.

Two bodies stand here twice. The second form (`Quick…`) is read in a few microseconds and takes only what the first
takes; whatever it does not take, the first is asked about, and says what is wrong.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from shouxin.customers.registry.models import TYPED, Channel, Kind, RecordKind, Scope, Source
from shouxin.gate.rules import REASON_CLASSES

MOST_ROWS = 1000
MOST_FIELDS = 200
MOST_RECORDS = 100
MOST_LINES = 500


def _clean(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("value_nul", "NUL")
    return text


def _known_reason(code: str) -> str:
    if code not in REASON_CLASSES:
        raise PydanticCustomError("enum", "unknown reason")
    return code


def _typed(kind: RecordKind) -> RecordKind:
    if kind not in TYPED:
        raise PydanticCustomError("enum", "not a record that is sent")
    return kind


Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", examples=["sales_contract"])]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["mobile"])]
Value = Annotated[str, AfterValidator(_clean)]
Values = dict[Key, Value]
Reason = Annotated[
    str, AfterValidator(_known_reason), Field(json_schema_extra={"enum": sorted(REASON_CLASSES)})
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", use_enum_values=False)


class Footed(Body):
    """Why, on which basis, under which notice, by which channel and from whom: known before anything is stored."""

    purpose: Code
    basis: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_clean)]
    notice_version: UUID
    channel: Channel = Channel.API
    source: Source = Source.INTERNAL


class RecordIn(Body):
    """A contact, order, contract or interaction. `lines` are the lines of an order, one object each."""

    kind: Annotated[RecordKind, AfterValidator(_typed), Field(json_schema_extra={"enum": list(TYPED)})]
    values: Values = {}
    lines: Annotated[list[Values], Field(max_length=MOST_LINES)] = []


class CustomerIn(Body):
    """A new customer. Without `department` it belongs to the client's own."""

    kind: Kind
    values: Values
    department: UUID | None = None
    scope: Scope = Scope.DEPARTMENT
    province: Annotated[str, Field(max_length=40), AfterValidator(_clean)] = ""
    records: Annotated[list[RecordIn], Field(max_length=MOST_RECORDS)] = []


class CreateIn(Footed, CustomerIn):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "purpose": "sales_contract",
                "basis": "CN-13-1-2",
                "notice_version": "019ab000-0000-7000-8000-000000000001",
                "channel": "api",
                "source": "internal",
                "kind": "person",
                "values": {"person_name": "示例客户", "mobile": "13800138000", "customer_no": "C-10001"},
            }
        },
    )


class BatchIn(Footed):
    rows: Annotated[list[CustomerIn], Field(min_length=1, max_length=MOST_ROWS)]


class ReadIn(Body):
    """Which fields of which customers, for what, and why. Name customers by id or by customer number.

    With `form` "token" each value is answered as a token of this client's, to be kept in its place.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "purpose": "sales_contract",
                "reason": "delivery",
                "fields": ["person_name", "mobile"],
                "ids": ["019ab000-0000-7000-8000-000000000002"],
            }
        },
    )
    purpose: Code
    reason: Reason
    fields: Annotated[list[Key], Field(min_length=1, max_length=MOST_FIELDS)]
    form: Literal["value", "token"] = "value"
    ids: Annotated[list[UUID], Field(max_length=MOST_ROWS)] = []
    customer_nos: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_clean)]],
        Field(max_length=MOST_ROWS),
    ] = []

    @model_validator(mode="after")
    def _some(self) -> "ReadIn":
        if not 1 <= len(self.ids) + len(self.customer_nos) <= MOST_ROWS:
            raise PydanticCustomError("customers_none", "between 1 and 1000 customers")
        return self


class SearchIn(Body):
    """What is known of a customer, as a person would type it; with `after`, the next page of the same search."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"purpose": "sales_contract", "term": "13800138000"}}
    )
    purpose: Code
    term: Annotated[str, Field(max_length=200), AfterValidator(_clean)] = ""
    kind: Literal["", "person", "organisation"] = ""
    segment: Annotated[str, Field(max_length=40)] = ""
    province: Annotated[str, Field(max_length=40)] = ""
    department: UUID | None = None
    after: UUID | None = None


_CODE = r"\A[a-z][a-z0-9_-]{0,63}\Z"
_KEY = r"\A[a-z][a-z0-9_]{0,63}\Z"
_NO_NUL = r"\A[^\x00]*\Z"
_Short = Annotated[str, Meta(max_length=40)]


class QuickRead(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """`ReadIn`, quickly."""

    purpose: Annotated[str, Meta(pattern=_CODE)]
    reason: Literal[tuple(REASON_CLASSES)]  # type: ignore[valid-type] # the codes known by now
    fields: Annotated[list[Annotated[str, Meta(pattern=_KEY)]], Meta(min_length=1, max_length=MOST_FIELDS)]
    form: Literal["value", "token"] = "value"
    ids: Annotated[list[UUID], Meta(max_length=MOST_ROWS)] = []
    customer_nos: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=200, pattern=_NO_NUL)]], Meta(max_length=MOST_ROWS)
    ] = []

    def __post_init__(self) -> None:
        if not 1 <= len(self.ids) + len(self.customer_nos) <= MOST_ROWS:
            raise ValueError("between 1 and 1000 customers")


class QuickSearch(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """`SearchIn`, quickly."""

    purpose: Annotated[str, Meta(pattern=_CODE)]
    term: Annotated[str, Meta(max_length=200, pattern=_NO_NUL)] = ""
    kind: Literal["", "person", "organisation"] = ""
    segment: _Short = ""
    province: _Short = ""
    department: UUID | None = None
    after: UUID | None = None


class PatchIn(Footed):
    """The revision that was read, and the fields to change; null takes a value away."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "purpose": "sales_contract",
                "basis": "CN-13-1-2",
                "notice_version": "019ab000-0000-7000-8000-000000000001",
                "revision": 1,
                "values": {"mobile": "13900139000"},
            }
        },
    )
    supplier: Annotated[str, Field(max_length=200), AfterValidator(_clean)] = ""
    revision: Annotated[int, Field(ge=1, le=2_000_000_000, strict=True)]
    values: Annotated[dict[Key, Value | None], Field(min_length=1, max_length=MOST_FIELDS)]
    record: UUID | None = None


class ErrorOut(BaseModel):
    field: str
    code: str
    text: str


class WayOut(BaseModel):
    code: str
    text: str


class ProblemOut(BaseModel):
    """application/problem+json (RFC 9457). Decide by `code`; `reason`, `article` and `ways` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reason: str = ""
    article: str = ""
    ways: list[WayOut] = []
    errors: list[ErrorOut] = []


class StoredOut(BaseModel):
    """`remarks` are values kept as 未核验 (unverified), with what is wrong with them."""

    id: UUID
    revision: int
    records: list[UUID] = []
    remarks: list[ErrorOut] = []


class RowOut(BaseModel):
    row: int
    id: UUID | None = None
    revision: int | None = None
    records: list[UUID] = []
    remarks: list[ErrorOut] = []
    code: str | None = None
    errors: list[ErrorOut] = []


class BatchOut(BaseModel):
    created: int
    refused: int
    results: list[RowOut]


class ValueOut(BaseModel):
    """`form` is clear, masked, hidden or token; `mark` is unverified, well_formed or verified."""

    form: str
    text: str | None
    mark: str
    problem: str | None = None
    broken: bool = False


class RecordOut(BaseModel):
    id: UUID | None = None
    kind: str
    values: dict[str, ValueOut]
    lines: list[dict[str, str]] = []


class CustomerOut(BaseModel):
    """One customer, or, with `code`, why it is not shown; in the order asked.

    `merged_into` names the customer that stands for a merged one, `merged_from` those whose records belong to it.
    """

    position: int | None = None
    id: UUID | None = None
    token: str | None = None
    kind: str | None = None
    revision: int | None = None
    values: dict[str, ValueOut] = {}
    records: list[RecordOut] = []
    merged_into: UUID | None = None
    merged_from: list[UUID] = []
    code: str | None = None
    reason: str | None = None


class ReadOut(BaseModel):
    """`left_out` counts, by the code of the reason, who did not agree to the purpose or refused it."""

    results: list[CustomerOut]
    left_out: dict[str, int] = {}


class SearchOut(BaseModel):
    """One page of hits. `after`, sent with the same term, asks for the next; `crowd` says that so many only seemed to
    fit that looking through them stopped: the term should be narrower. `left_out` counts, by the code of the reason,
    hits that did not agree to the purpose or refused it."""

    hits: list[CustomerOut]
    more: bool
    crowd: bool = False
    after: UUID | None = None
    left_out: dict[str, int] = {}


class ChangedOut(BaseModel):
    """`waiting` names fields from outside that meet a value of ours: nothing was changed, a person reviews them."""

    id: UUID
    revision: int
    waiting: list[str] = []
    remarks: list[ErrorOut] = []


def problems(*statuses: int) -> dict[int, Any]:
    """The answers of a route that are problems, for its description."""
    return dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503, *statuses), ProblemOut)
