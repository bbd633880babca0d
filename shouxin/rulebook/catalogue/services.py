"""Every change of the catalogue: check, change, keep the history, record, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

from django.db import connection, transaction

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.core.text import Text
from shouxin.gate import facts
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.rulebook.catalogue import changing, effects, loading, pack, rules, upgrade
from shouxin.rulebook.catalogue.effects import Regrading
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.grading import check_retention
from shouxin.rulebook.catalogue.models import Field, FieldChange, Pack
from shouxin.rulebook.catalogue.queries import rule_of

PIPL = "个人信息保护法"
# The product brings its own rules at every start; loading never loosens what stands.
START = service_actor("setup")
Flag = Literal["personal", "sensitive", "trade_secret"]
FLAG_NAMES: dict[str, Text] = {
    "personal": Text("个人信息", "personal information"),
    "sensitive": Text("敏感个人信息", "sensitive personal information"),
    "trade_secret": Text("商业秘密", "trade secret"),
}
# What may be changed on a field in use without loosening anything; grades and flags have verbs of their own.
EDITABLE = frozenset(
    {
        "name_zh",
        "name_en",
        "note_zh",
        "note_en",
        "retention_rule_id",
        "validator",
        "validator_note",
        "uses",
        "review_months",
    }
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a pack did; `kept` are (key, attribute) that stay as the organisation set them."""

    pack: Pack
    created: int
    updated: int
    kept: tuple[tuple[str, str], ...]


@transaction.atomic
def load_pack(actor: Actor, *, folder: Path = pack.CURRENT) -> Loaded:
    """Bring the rules of a pack into the organisation; the same pack again changes nothing.

    Raises:
        shouxin.rulebook.catalogue.pack.PackBroken: a file differs from the manifest.
    """
    if actor != START:
        actor.require(Permission.RULEBOOK_FIELD_WRITE)
    with connection.cursor() as cursor:  # two processes starting at once would both find nothing loaded
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('rulebook.load_pack'))")
    delivered = pack.read(folder)
    known = Pack.objects.filter(sha256=delivered.sha256).first()
    if known is not None:
        return Loaded(known, 0, 0, ())
    before = upgrade.effective()
    row = Pack.objects.create(
        name=delivered.name,
        version=delivered.version,
        title_zh=delivered.title.zh,
        title_en=delivered.title.en,
        sha256=delivered.sha256,
        loaded_at=clock.now(),
        loaded_by=actor.pseudonym,
    )
    merged = loading.load_reference(delivered, row)
    merged.add(_load_fields(actor, delivered, row))
    journal.append(
        actor=actor,
        event="pack.loaded",
        data={
            "pack": row.name,
            "version": row.version,
            "sha256": row.sha256,
            "created": len(merged.created),
            "updated": len(merged.updated),
            "kept": len(merged.kept),
        },
    )
    upgrade.prove(actor, row=row, before=before, now=clock.now())
    return Loaded(row, len(merged.created), len(merged.updated), tuple(merged.kept))


@transaction.atomic
def confirm_pack(actor: Actor, *, seen: str) -> Loaded:
    """Load the delivered pack as previewed (`seen` is its digest), and let the other rooms take what is theirs.

    Raises:
        Refused: another pack lies there than the one that was shown.
        shouxin.rulebook.catalogue.pack.PackBroken: a file differs from the manifest.
    """
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    delivered = pack.read()
    if delivered.sha256 != seen and not Pack.objects.filter(sha256=delivered.sha256).exists():
        text = Text("请先看过预览再确认。", "Look at the preview, then confirm.")
        raise Refused("pack.not_seen", text)
    loaded = load_pack(actor)
    upgrade.follow(START, clock.now())
    return loaded


def load_at_start() -> bool:
    """Bring the rules that came with this version into a new organisation. A newer pack than the one in force waits
    until somebody has seen what it changes and confirms; tells whether none waits."""
    if Pack.objects.exists() and not Pack.objects.filter(sha256=pack.read().sha256).exists():
        return False
    load_pack(START)
    upgrade.follow(START, clock.now())
    return True


def _load_fields(actor: Actor, delivered: pack.RulePack, row: Pack) -> loading.Merged:
    merged = loading.Merged()
    changes = []
    new = Field.objects.bulk_create(loading.new_fields(delivered, row))
    for field in new:
        changes.append(changing.change(actor, field, "pack.loaded", {}, changing.state(field)))
        merged.created.append(field.key)
    for update in loading.field_updates(delivered, row):
        update.field.save()
        changes.append(
            changing.change(actor, update.field, "pack.loaded", update.before, changing.state(update.field))
        )
        merged.updated.append(update.field.key)
        merged.kept += [(update.field.key, name) for name in update.kept]
    FieldChange.objects.bulk_create(changes)
    return merged


class NewField(TypedDict):
    """Everything that must be said of a field of the organisation's own; grade and flags are decided later."""

    name_zh: str
    name_en: str
    subject_type: str
    record: str
    classification: str
    category: str
    source_class: str
    identifier_role: str
    uses: Sequence[str]
    masking_rule: str
    retention_rule: str
    legal_basis_default: str
    consent_type: str
    validator: str
    sector: str
    note_zh: str
    note_en: str


@transaction.atomic
def add_field(
    actor: Actor, *, key: str, indexes: Sequence[str] = (), **attributes: Unpack[NewField]
) -> Field:
    """Add a field of the organisation's own: highest level, private, sealed, flags undecided, inactive."""
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    if lacking := NewField.__required_keys__ - set(attributes):
        raise TypeError(f"a field needs {', '.join(sorted(lacking))}")
    if Field.objects.filter(key=key).exists():
        raise Refused("field.exists", Text("字段编码已存在。", "There is a field of this key already."))
    said: dict[str, Any] = {**attributes}
    field = Field(
        key=key,
        uses=list(said.pop("uses")),
        masking_rule_id=said.pop("masking_rule"),
        retention_rule_id=said.pop("retention_rule"),
        indexes=list(indexes),
        level=rules.HIGHEST_LEVEL,
        exposure=Field.ExposureClass.PRIVATE,
        storage=Field.StorageRule.INDEXED if indexes else Field.StorageRule.SEALED,
        origin=Field.Origin.ORGANISATION,
        **said,
    )
    field.storage_group = loading.group_of(changing.state(field))
    field.full_clean()
    field.save(force_insert=True)
    changing.record(actor, field, "field.added", {}, {"field": key})
    return field


@transaction.atomic
def decide_flag(actor: Actor, *, key: str, flag: Flag, value: bool, reason: str) -> Field:
    """Decide whether a field is personal information, sensitive, a trade secret; who and when is kept.

    Once the field has been in use a decision can only become stricter.
    """
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    field = changing.locked(key)
    changing.need_reason(reason)
    name = f"is_{flag}"
    before, stood = changing.state(field), rule_of(field)
    if before[name] is True and not value and field.activated_at:
        raise Refused(
            "field.flag_settled",
            Text(
                "字段启用过，标记只能改严。请停用后另建字段。",
                "The field has been in use; a flag can only become stricter. Deactivate it and add another field.",
            ),
            f"{PIPL} 第51条",
        )
    setattr(field, name, value)
    if flag == "personal" and not value:
        field.is_sensitive = False  # only personal information can be sensitive personal information
    if flag == "sensitive" and value:
        field.is_personal = True
    _mark_decider(actor, field, before)
    changing.regroup(field)
    field.save()
    data = {"field": key, "flag": flag, "value": value}
    changing.record(actor, field, "field.flag_decided", before, data, reason=reason)
    if value and before[name] is not True:
        effects.follow(actor, Regrading(stood, rule_of(field)), clock.now())
    return field


def _mark_decider(actor: Actor, field: Field, before: dict[str, Any]) -> None:
    if field.is_personal is not None and field.is_personal != before["is_personal"]:
        field.personal_decided_by, field.personal_decided_at = actor.pseudonym, clock.now()
    if field.is_trade_secret is not None and field.is_trade_secret != before["is_trade_secret"]:
        field.trade_secret_decided_by, field.trade_secret_decided_at = actor.pseudonym, clock.now()


@transaction.atomic
def activate_field(actor: Actor, *, key: str) -> Field:
    """Let a field be used by the purposes that need it."""
    actor.require(Permission.RULEBOOK_FIELD_APPROVE)
    field = changing.locked(key)
    problem = why_not_active(field)
    if problem:
        raise problem
    before = changing.state(field)
    field.active = True
    field.activated_at = field.activated_at or clock.now()
    field.save()
    changing.record(actor, field, "field.activated", before, {"field": key})
    return field


def why_not_active(field: Field) -> Refused | None:
    """What stands against activating a field, or None."""
    if field.storage == Field.StorageRule.FORBIDDEN:
        text = Text("此字段不得存储，不能启用。", "This field may not be stored, so it cannot be activated.")
        return Refused("field.forbidden", text, "GB/T 45574-2025 6.2、6.5")
    open_flags = [
        FLAG_NAMES[flag] for flag in ("personal", "trade_secret") if getattr(field, f"is_{flag}") is None
    ]
    if open_flags:
        text = Text(
            f"尚未判定：{'、'.join(flag.zh for flag in open_flags)}。先作出判定。",
            f"Undecided: {', '.join(flag.en for flag in open_flags)}. Decide first.",
        )
        return Refused("field.undecided", text, f"{PIPL} 第51条; 民法典 第501条")
    if not field.uses:
        text = Text("至少指定一种用途类别。", "Assign at least one use class.")
        return Refused("field.no_use", text, f"{PIPL} 第6条")
    return None


@transaction.atomic
def deactivate_field(actor: Actor, *, key: str, reason: str) -> Field:
    """Stop the use of a field; values already kept stay sealed and closed."""
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    field = changing.locked(key)
    changing.need_reason(reason)
    before = changing.state(field)
    field.active = False
    field.save()
    changing.record(actor, field, "field.deactivated", before, {"field": key}, reason=reason)
    return field


@transaction.atomic
def change_field(actor: Actor, *, key: str, reason: str, **changes: Any) -> Field:
    """Change names, notes, retention rule, validator or use classes of a field; an own value stays through updates."""
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    if stray := set(changes) - EDITABLE:
        raise TypeError(f"not editable: {', '.join(sorted(stray))}")
    field = changing.locked(key)
    changing.need_reason(reason)
    _check_uses(field, changes.get("uses", field.uses))
    _check_review(field, changes.get("review_months"))
    before = changing.state(field)
    for name, value in changes.items():
        setattr(field, name, value)
    changing.regroup(field)
    field.full_clean()
    check_retention(field)
    field.save()
    changed = sorted(name for name in changes if before[name] != getattr(field, name))
    if changed:
        changing.record(
            actor, field, "field.changed", before, {"field": key, "attributes": changed}, reason=reason
        )
    return field


def _check_uses(field: Field, uses: Iterable[str]) -> None:
    """Marketing in addition takes effect per customer with consent (clause C4.3): not before consents can be known."""
    added = set(uses) - set(field.uses)
    if field.activated_at and "marketing" in added and not facts.is_available("consent"):
        text = Text(
            "已使用的字段增加营销用途，须逐一取得客户同意；系统目前无法核实同意，因此不能增加。",
            "Marketing in addition needs each customer's consent, which cannot be verified at present.",
        )
        raise Refused("field.marketing_needs_consent", text, f"{PIPL} 第14条第2款")


def _check_review(field: Field, months: int | None) -> None:
    if months is None:
        return
    if field.record not in rules.REVIEWED:
        text = Text(
            "订单、合同和往来记录是已发生的事实，不定期复核。",
            "Orders, contracts and interactions are facts of the past and are not reviewed.",
        )
        raise Refused("field.not_reviewed", text)
    if not 1 <= months <= rules.LONGEST_REVIEW:
        text = Text(
            f"复核周期为 1 到 {rules.LONGEST_REVIEW} 个月。",
            f"A review interval has 1 to {rules.LONGEST_REVIEW} months.",
        )
        raise Refused("field.review_range", text)
