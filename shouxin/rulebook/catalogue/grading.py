"""A field's grade, that is its level and its class: stricter at once by one person, looser by three (clause C4.0).

Raising holds for every value at the next read, since every read asks the rule. Where values stood in clear and may no
longer, they are closed at that moment and sealed in the background (`sealings`).
"""

import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from shouxin.core.policy import Actor, Exposure, Form, Permission, Role, ungranted_form
from shouxin.core.policy.levels import LEVELS, SENSITIVE_LEVEL
from shouxin.core.text import Text
from shouxin.kit import clock
from shouxin.rulebook.catalogue import changing, effects, loading, rules
from shouxin.rulebook.catalogue.effects import Regrading
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.models import (
    CLEAR_FILTER_COLUMNS,
    Field,
    LevelLowering,
    MaskingRule,
    RetentionRule,
)
from shouxin.rulebook.catalogue.queries import rule_of, same_person

NO_MASK = "M-NONE"
GB45574 = "GB/T 45574-2025 5.5"


@dataclass(frozen=True, slots=True)
class Grade:
    """What somebody wants a field to be; what is empty stays as it is."""

    level: int
    exposure: str = ""
    masking_rule: str = ""


def planned(field: Field, grade: Grade) -> Field:
    """The field as it would stand under `grade`, unsaved. What leaves the class public also leaves the clear columns;
    nothing ever goes back there."""
    after = copy.copy(field)
    after.level = grade.level
    after.exposure = grade.exposure or field.exposure
    if grade.masking_rule:
        after.masking_rule_id = grade.masking_rule
    if after.storage == Field.StorageRule.CLEAR and after.exposure != Field.ExposureClass.PUBLIC:
        after.storage = Field.StorageRule.INDEXED if after.indexes else Field.StorageRule.SEALED
    if field.key in CLEAR_FILTER_COLUMNS:
        after.storage = field.storage
    return after


def regrading(field: Field, grade: Grade) -> Regrading:
    """The same as the gate sees both."""
    return Regrading(rule_of(field), rule_of(planned(field, grade)))


def check_raise(field: Field, grade: Grade) -> None:
    """Make sure that `grade` is stricter, that it shows less, and that the field can be kept so.

    Raises:
        Refused: says which of it is not so.
    """
    after = planned(field, grade)
    before, wanted = changing.state(field), changing.state(after)
    if rules.loosened(before, wanted) or before == wanted or grade.level > rules.HIGHEST_LEVEL:
        text = Text(
            "新级别必须高于现级别（最高为 5），或公开程度比现在严；都不能比现在松。",
            "The new level must be higher than the present one (at most 5), or the class stricter; neither looser.",
        )
        raise Refused("field.level_not_higher", text)
    if field.key in CLEAR_FILTER_COLUMNS and after.exposure != field.exposure:
        text = Text(
            "此字段是列表的筛选列，只能明文存储。可提高级别，级别 3 起不再显示。",
            "Lists are filtered by this field, which must stand in clear. Raise its level: from 3 on it is not shown.",
        )
        raise Refused("field.filter_column", text)
    known = MaskingRule.objects.filter(code=after.masking_rule_id).exists()
    if field.masking_rule_id != after.masking_rule_id and (field.masking_rule_id != NO_MASK or not known):
        text = Text("已有脱敏规则的字段不能换规则。", "A field that has a mask rule keeps it.")
        raise Refused("field.mask_settled", text)
    if (
        after.exposure not in {field.exposure, Exposure.PUBLIC}
        and ungranted_form(rule_of(after)) is Form.CLEAR
    ):
        text = Text(
            "没有脱敏规则、级别低于 3 的字段仍会显示明文。请选一条脱敏规则，或把级别提高到 3 以上。",
            "Without a mask rule and below level 3 the field would still be shown in clear. Choose a mask rule or a "
            "level of at least 3.",
        )
        raise Refused("field.still_clear", text)
    check_retention(after)


def _least(rule: RetentionRule) -> float:
    return rules.least_months(rule.min_value, rule.min_unit)


def check_retention(after: Field) -> None:
    """Make sure that a field is kept as long as its level asks.

    Raises:
        Refused: its retention rule allows less than the rule pack's.
    """
    shortest = retention_floor(after)
    if shortest is not None and _least(after.retention_rule) < _least(shortest):
        text = Text(
            f"该级别不得短于规则包的最短保存期限（{shortest.code}）。先改回保存期限。",
            f"At this level it may not be kept shorter than the rule pack says ({shortest.code}). Set that first.",
        )
        raise Refused("field.retention_floor", text)


def retention_floor(field: Field) -> RetentionRule | None:
    """The retention rule below whose least period the field may not be kept, at its level; None when there is none."""
    if not LEVELS[field.level].retention_floor or not field.pack_row:
        return None
    delivered = loading.field_values(field.pack_row)["retention_rule_id"]
    return RetentionRule.objects.filter(code=delivered).first()


@transaction.atomic
def raise_grade(
    actor: Actor, *, key: str, level: int, reason: str, exposure: str = "", masking_rule: str = ""
) -> Field:
    """Raise a field's level or class; it holds at once for existing values, since every read asks the rule.

    Raises:
        Refused: it would not be stricter, or still be shown.
    """
    actor.require(Permission.RULEBOOK_FIELD_WRITE)
    field = changing.locked(key)
    changing.need_reason(reason)
    grade = Grade(level, exposure, masking_rule)
    check_raise(field, grade)
    before, change = changing.state(field), regrading(field, grade)
    after = planned(field, grade)
    for name in ("level", "exposure", "masking_rule_id", "storage"):
        setattr(field, name, getattr(after, name))
    changing.regroup(field)
    field.full_clean()
    field.save()
    data: dict[str, Any] = {"field": key, "from_level": before["level"], "to_level": field.level}
    event = "field.level_raised"
    if field.exposure != before["exposure"]:
        event, data = (
            "field.class_raised",
            {**data, "from_class": before["exposure"], "to_class": field.exposure},
        )
    changing.record(actor, field, event, before, data, reason=reason)
    effects.follow(actor, change, clock.now())
    return field


def check_lower(field: Field, grade: Grade) -> None:
    """Make sure that `grade` is looser, and that nothing holds the field where it is.

    Raises:
        Refused: says what does.
    """
    after = planned(field, grade)
    looser = set(rules.loosened(changing.state(field), changing.state(after)))
    stricter = rules.loosened(changing.state(after), changing.state(field))
    if grade.level < 1 or not looser or stricter:
        text = Text(
            "新级别必须低于现级别（最低为 1），或公开程度比现在松；都不能比现在严。",
            "The new level must be lower than the present one (at least 1), or the class looser; neither stricter.",
        )
        raise Refused("field.level_not_lower", text)
    for text, article in _floors(field, after):
        raise Refused("field.floor", text, article)


def _floors(field: Field, after: Field) -> list[tuple[Text, str]]:
    found = []
    delivered = loading.field_values(field.pack_row) if field.pack_row else None
    if delivered and field.verification.startswith("VERIFIED"):
        settled = {"level": delivered["level"], "exposure": delivered["exposure"]}
        if rules.loosened(settled, {"level": after.level, "exposure": after.exposure}):
            text = Text(
                f"规则包按法律或标准定为 {settled['level']} 级，不能更低。",
                f"The rule pack sets level {settled['level']} by law or standard; it cannot be lower.",
            )
            found.append((text, GB45574))
    if after.is_sensitive is not False and (
        after.level < SENSITIVE_LEVEL or after.exposure == Field.ExposureClass.PUBLIC
    ):
        text = Text(
            "敏感个人信息（含未判定的）不得低于 3 级，也不得公开。",
            "Sensitive personal information (undecided included) is of level 3 at least, and never public.",
        )
        found.append((text, GB45574))
    found += [(held, "") for ask in effects.floors.values() if (held := ask(rule_of(field)))]
    return found


@transaction.atomic
def propose_lowering(actor: Actor, *, key: str, level: int, reason: str, exposure: str = "") -> LevelLowering:
    """Ask for a lower grade; nothing changes before two other people approve.

    Raises:
        Refused: it is not lower, something holds the field where it is, or a proposal waits already.
    """
    actor.require(Permission.RULEBOOK_LOWERING_PROPOSE)
    field = changing.locked(key)
    changing.need_reason(reason)
    check_lower(field, Grade(level, exposure))
    if LevelLowering.objects.filter(field=field, closed_at__isnull=True).exists():
        text = Text("已有一份降级申请待批准。", "A proposal to lower this level is already waiting.")
        raise Refused("field.lowering_pending", text)
    proposal = LevelLowering.objects.create(
        field=field,
        from_level=field.level,
        to_level=level,
        from_exposure=field.exposure,
        to_exposure=exposure or field.exposure,
        reason=reason.strip(),
        proposed_by=actor.pseudonym,
        proposed_at=clock.now(),
        officer_took_part=Role.OFFICER in actor.roles,
    )
    _tell(actor, field, "field.level_lowering_proposed", proposal)
    return proposal


@transaction.atomic
def approve_lowering(actor: Actor, *, key: str) -> Field:
    """Approve a lower grade, as the first or the second who does; with the second it takes effect.

    Neither of them is the proposer, and the officer is one of the three.

    Raises:
        Refused: not by this person, or the field changed since, or something holds it where it is by now.
    """
    actor.require(Permission.RULEBOOK_LOWERING_APPROVE)
    field, proposal = _open_lowering(key)
    if any(same_person(actor.pseudonym, one) for one in (proposal.proposed_by, proposal.first_by) if one):
        text = Text(
            "降级须由申请人以外的两个人先后批准。",
            "Lowering a level needs the approval of two people, neither of them the proposer.",
        )
        raise Refused("field.needs_two", text, GB45574)
    if (proposal.from_level, proposal.from_exposure) != (field.level, field.exposure):
        text = Text("级别已被改动，请重新提出。", "The level has changed since; propose again.")
        raise Refused("field.lowering_stale", text)
    check_lower(field, Grade(proposal.to_level, proposal.to_exposure))
    proposal.officer_took_part = proposal.officer_took_part or Role.OFFICER in actor.roles
    if proposal.first_by is None:
        proposal.first_by, proposal.first_at = actor.pseudonym, clock.now()
        proposal.save()
        _tell(actor, field, "field.level_lowering_seconded", proposal)
        return field
    if not proposal.officer_took_part:
        text = Text(
            "申请人和两位批准人中须有个人信息保护负责人。",
            "The personal information officer must be one of the three.",
        )
        raise Refused("field.needs_officer", text, "个人信息保护法 第52条")
    return _lower(actor, field, proposal)


def _lower(actor: Actor, field: Field, proposal: LevelLowering) -> Field:
    _close(actor, proposal, confirmed=True)
    before = changing.state(field)
    field.level, field.exposure = proposal.to_level, proposal.to_exposure
    changing.regroup(field)
    field.save()
    _tell(actor, field, "field.level_lowered", proposal, before)
    return field


@transaction.atomic
def reject_lowering(actor: Actor, *, key: str, reason: str) -> LevelLowering:
    """Decline a proposal to lower a grade."""
    actor.require(Permission.RULEBOOK_LOWERING_APPROVE)
    field, proposal = _open_lowering(key)
    changing.need_reason(reason)
    _close(actor, proposal, confirmed=False)
    _tell(actor, field, "field.level_lowering_rejected", proposal, reason=reason)
    return proposal


@transaction.atomic
def withdraw_lowering(actor: Actor, *, key: str) -> LevelLowering:
    """Take back one's own proposal to lower a grade."""
    actor.require(Permission.RULEBOOK_LOWERING_PROPOSE)
    field, proposal = _open_lowering(key)
    if not same_person(actor.pseudonym, proposal.proposed_by):
        text = Text("只有申请人可以撤回。", "Only who proposed it may take it back.")
        raise Refused("field.lowering_not_own", text)
    _close(actor, proposal, confirmed=False)
    _tell(actor, field, "field.level_lowering_withdrawn", proposal)
    return proposal


def _open_lowering(key: str) -> tuple[Field, LevelLowering]:
    field = changing.locked(key)
    proposal = LevelLowering.objects.filter(field=field, closed_at__isnull=True).first()
    if proposal is None:
        raise Refused("field.no_lowering", Text("没有待批准的降级申请。", "No proposal is waiting."))
    return field, proposal


def _close(actor: Actor, proposal: LevelLowering, *, confirmed: bool) -> None:
    proposal.closed_by, proposal.closed_at, proposal.confirmed = actor.pseudonym, clock.now(), confirmed
    proposal.save()


def _tell(
    actor: Actor,
    field: Field,
    event: str,
    proposal: LevelLowering,
    before: dict[str, Any] | None = None,
    *,
    reason: str = "",
) -> None:
    data = {
        "field": field.key,
        "from_level": proposal.from_level,
        "to_level": proposal.to_level,
        "from_class": proposal.from_exposure,
        "to_class": proposal.to_exposure,
    }
    others = (proposal.first_by, proposal.proposed_by) if before is not None else (None, None)
    changing.record(
        actor,
        field,
        event,
        before or changing.state(field),
        data,
        reason=reason or proposal.reason,
        second_actor=others[0],
        third_actor=others[1],
    )
