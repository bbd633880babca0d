"""Forms somebody began to fill: sealed before they are first written, theirs alone, gone after a week."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.customers.collection import rules
from shouxin.customers.collection.models import FormDraft
from shouxin.customers.collection_forms import queries as forms
from shouxin.vault import parcels

CONTENT = "draft"
MOST = 50  # of one person; older ones give way


class NotYours(Exception):
    """The id is that of somebody else's draft; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was typed so far, and around it."""

    kind: str
    values: Mapping[str, str]
    around: Mapping[str, str] = field(default_factory=dict)  # department, scope, province… as typed

    def packed(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def unpacked(cls, packed: bytes) -> "Begun":
        return cls(**json.loads(packed))


def keep(
    *,
    actor: Actor,
    draft: UUID,
    form: UUID,
    begun: Begun,
    plan: UUID | None,
    customer: UUID | None,
    now: datetime,
) -> None:
    """Keep what was typed so far under the id of the page; sealed in the process, before anything is written.

    Raises:
        NotYours: somebody else keeps a draft under this id.
        KeyServiceUnavailable, VaultNotReady: there are no keys to seal with; nothing is kept.
    """
    actor.require(Permission.CUSTOMERS_FORM_FILL)
    version = forms.published_version(form)
    if version is None:
        return
    key = parcels.new_key(
        draft
    )  # a fresh key each time: what was typed before is forgotten with the former one
    sealed = key.seal(CONTENT, begun.packed())
    with transaction.atomic():
        standing = FormDraft.objects.select_for_update().filter(id=draft).first()
        if standing is not None and standing.owner_id != actor.id:
            raise NotYours
        FormDraft.objects.update_or_create(
            id=draft,
            defaults={
                "version": version,
                "plan_id": plan,
                "customer_id": customer,
                "owner_id": actor.id,
                "key_suite": key.suite.id,
                "wrapped_key": key.wrapped,
                "sealed": sealed,
                "saved_at": now,
                "expires_at": now + rules.DRAFTS_KEPT,
            },
        )
        older = FormDraft.objects.filter(owner_id=actor.id).order_by("-saved_at").values_list("id", flat=True)
        FormDraft.objects.filter(id__in=list(older[MOST:])).delete()


def opened(*, actor: Actor, draft: UUID, now: datetime) -> tuple[FormDraft, Begun] | None:
    """A draft of this person's with what was typed, or None: gone, too old, altered, or somebody else's."""
    row = (
        FormDraft.objects.select_related("version")
        .filter(id=draft, owner_id=actor.id, expires_at__gt=now)
        .first()
    )
    if row is None:
        return None
    try:
        packed = key_of(row).open(CONTENT, bytes(row.sealed))
    except SealBroken:
        return None
    return row, Begun.unpacked(packed)


def discard(*, actor: Actor, draft: UUID) -> None:
    """Throw a draft away, and its key with it."""
    actor.require(Permission.CUSTOMERS_FORM_FILL)
    FormDraft.objects.filter(id=draft, owner_id=actor.id).delete()


def of_person(staff: UUID) -> QuerySet[FormDraft]:
    """Everything somebody began to fill."""
    return FormDraft.objects.filter(owner_id=staff)


def sweep(*, now: datetime) -> int:
    """Throw away what is too old; how many."""
    return FormDraft.objects.filter(expires_at__lte=now).delete()[0]


def key_of(row: FormDraft) -> parcels.ParcelKey:
    """The draft's key."""
    return parcels.open_key(row.id, row.key_suite, bytes(row.wrapped_key))


def _parcels(draft: UUID) -> Iterator[tuple[str, bytes]]:
    yield CONTENT, bytes(FormDraft.objects.get(id=draft).sealed)


def _reseal(draft: UUID) -> bool:
    row = FormDraft.objects.select_for_update().filter(id=draft).first()
    if row is None:
        return True  # thrown away meanwhile
    old, new = key_of(row), parcels.new_key(row.id)
    row.sealed = new.seal(CONTENT, old.open(CONTENT, bytes(row.sealed)))
    row.key_suite, row.wrapped_key = new.suite.id, new.wrapped
    row.save(update_fields=["sealed", "key_suite", "wrapped_key"])
    return True


parcels.places.register(
    "customers.collection",
    parcels.Place(
        "customers.collection",
        Text("收集表单：没有填完的草稿", "Collection forms: drafts not yet sent"),
        FormDraft,
        (("collection_draft", "wrapped_key"), ("collection_draft", "sealed")),
        _parcels,
        _reseal,
    ),
)
