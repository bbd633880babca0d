"""What connected systems send about tokens and changes, and what they are answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shouxin.access.sync import rules
from shouxin.customers.registry.bodies import MOST_FIELDS, MOST_ROWS, Body, Code, Key, Reason, ValueOut

Token = Annotated[str, Field(pattern=rules.PATTERN, examples=["cst_abcdefghijklmnopqrstuvwxy2"])]


class ResolveIn(Body):
    """Tokens of fields give that field; tokens of whole customers give `fields`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "purpose": "sales_contract",
                "reason": "delivery",
                "tokens": ["cst_abcdefghijklmnopqrstuvwxy2"],
                "fields": ["mobile"],
            }
        },
    )
    purpose: Code
    reason: Reason
    tokens: Annotated[list[Token], Field(min_length=1, max_length=MOST_ROWS)]
    fields: Annotated[list[Key], Field(max_length=MOST_FIELDS)] = []


class ResolvedOut(BaseModel):
    """One token, or, with `code`, why it says nothing; in the order asked."""

    token: str
    field: str | None = None
    values: dict[str, ValueOut] = {}
    code: str | None = None
    reason: str | None = None


class ResolveOut(BaseModel):
    results: list[ResolvedOut]


class ListIn(Body):
    """Changes not yet acknowledged. Without `cursor` from the oldest; `cursor` pages on within one pass."""

    cursor: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, strict=True)] = 100


class ChangeOut(BaseModel):
    """`merged_into` is the token of the customer that stands for this one from now on."""

    id: UUID
    token: str
    fields: list[str]
    merged_into: str | None = None
    revision: int
    at: datetime


class ListOut(BaseModel):
    changes: list[ChangeOut]
    cursor: UUID | None
    more: bool


class AcknowledgeIn(Body):
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_ROWS)]


class AcknowledgeOut(BaseModel):
    """`unknown` are changes this client was never told of."""

    acknowledged: int
    unknown: list[UUID]
