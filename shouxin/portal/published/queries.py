"""The two published lists from live records: what is collected, and with which third parties it is shared."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.customers.collection_forms.models import FormField, FormState
from shouxin.customers.messages.models import Channel
from shouxin.customers.registry.models import SupplyContract
from shouxin.gate.rules import cite
from shouxin.kit import clock, mail
from shouxin.people.connections.models import Kind as ConnectionKind
from shouxin.people.connections.queries import in_force as connected
from shouxin.portal.held.handed import Carried
from shouxin.portal.published.models import PublishedList
from shouxin.rulebook import wording
from shouxin.rulebook.catalogue.categories import CATEGORIES, category_of
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.purposes import changes, published
from shouxin.rulebook.purposes.models import PurposeField
from shouxin.rulebook.purposes.published import Stated

PHONES, MAILS = ("mobile", "contact_mobile"), ("email", "contact_email")


@dataclass(frozen=True, slots=True)
class Collected:
    """One category of information under one purpose."""

    category: str
    fields: Sequence[str]
    optional: Sequence[str]
    purpose: str
    scenes: Sequence[str]
    basis: str
    retention: str


@dataclass(frozen=True, slots=True)
class SharedWith:
    """One third party under one purpose. `direction`: to whom we hand something, or who hands it to us."""

    recipient: str
    direction: str
    purpose: str
    kinds: Sequence[str]
    way: str
    contact: str


@dataclass(frozen=True, slots=True)
class Published:
    """A list as everybody reads it; `sha256` names its content, so that two readings can be compared."""

    rows: Sequence[Any]
    sha256: str


def of(rows: Sequence[Any]) -> Published:
    content = json.dumps(
        [asdict(row) for row in rows], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return Published(rows, sha256(content.encode()).hexdigest())


def latest(kind: str) -> PublishedList | None:
    """The last version kept of a list."""
    return PublishedList.objects.filter(kind=kind).order_by("-number").first()


def versions(kind: str) -> list[PublishedList]:
    """Every version kept, the newest first, without what they say."""
    return list(PublishedList.objects.filter(kind=kind).order_by("-number").defer("rows_zh", "rows_en"))


def version(kind: str, number: int) -> PublishedList | None:
    return PublishedList.objects.filter(kind=kind, number=number).first()


def hash_of(row: PublishedList) -> str:
    return row.sha256_en if _language().startswith("en") else row.sha256_zh


def rows_of(row: PublishedList) -> Sequence[Mapping[str, Any]]:
    """What a version says, in the reader's language."""
    rows: Sequence[Mapping[str, Any]] = row.rows_en if _language().startswith("en") else row.rows_zh
    return rows


def collected(only: Collection[str] | None = None) -> list[Collected]:
    """By category, then by purpose; `only` these fields where a person asks for their own."""
    found = published.stated(only)
    scenes = _scenes()
    rows = [
        _collected(one, category, needs, scenes) for one in found for category, needs in one.fields.items()
    ]
    order = list(CATEGORIES)
    ordered = sorted(rows, key=lambda row: (order.index(row[0]), row[1].purpose))
    return [row for _category, row in ordered]


def _collected(
    one: Stated, category: str, needs: Sequence[PurposeField], scenes: Mapping[tuple[str, str], list[str]]
) -> tuple[str, Collected]:
    required = [need for need in needs if need.necessity == PurposeField.Needed.REQUIRED]
    optional = [need for need in needs if need.necessity == PurposeField.Needed.OPTIONAL]
    asked = [scene for need in needs for scene in scenes.get((one.purpose.key, need.field_id), [])]
    basis, rule = one.purpose.basis, one.purpose.retention_rule
    code = category_of(category)
    row = Collected(
        CATEGORIES[code].in_(_language()),
        [need.field.name for need in required],
        [need.field.name for need in optional],
        one.purpose.name,
        list(dict.fromkeys(asked))
        or [_("办理“%(purpose)s”时由您提供，工作人员登记") % {"purpose": one.purpose.name}],
        _("%(what)s（%(article)s）") % {"what": basis.name, "article": cite(basis.citation, _language())}
        if basis
        else "",
        f"{rule.name}{_('，')}{wording.period(rule.default_value, rule.default_unit)}",
    )
    return code, row


def _scenes() -> dict[tuple[str, str], list[str]]:
    """On which published forms a field is asked for, by purpose and field."""
    english = _language().startswith("en")
    rows = FormField.objects.filter(version__state=FormState.PUBLISHED).values_list(
        "version__purpose", "field_id", "version__title_zh", "version__title_en"
    )
    found: dict[tuple[str, str], list[str]] = {}
    for purpose, field, title_zh, title_en in rows.order_by("version__title_zh", "field_id"):
        title = (title_en if english else "") or title_zh
        found.setdefault((purpose, field), []).append(_("填写“%(form)s”时") % {"form": title})
    return found


def shared(
    only: Collection[str] | None = None, *, carried: Sequence[Carried] | None = None
) -> list[SharedWith]:
    """Recipients that the records of processing name, services connected now, and those who hand something to us.

    `only` these fields, and the services that `carried` something to them then, where a person asks.
    """
    found, rows = published.stated(only), list[SharedWith]()
    for one in found:
        rows += _named(one)
        if one.shares:
            kinds = _kinds(need.field for needs in one.fields.values() for need in needs)
            names = one.purpose.recipients.replace("、", ",").replace("，", ",").split(",")
            rows += [
                SharedWith(
                    name.strip(),
                    _("我们提供"),
                    one.purpose.name,
                    kinds,
                    _("办理该业务所必需时提供"),
                    _contact(one),
                )
                for name in names
                if name.strip()
            ]
    return [*rows, *_services(found, carried), *_suppliers(found)]


def _named(one: Stated) -> list[SharedWith]:
    """The companies of the register that this purpose names, each with how to reach it itself."""
    return [
        SharedWith(
            _("%(name)s（境外：%(country)s）")
            % {"name": given.recipient.name, "country": given.recipient.where}
            if given.recipient.abroad
            else given.recipient.name,
            _("我们提供"),
            one.purpose.name,
            given.kind_names(_language()),
            given.recipient.way,
            given.recipient.contact,
        )
        for given in one.named
        if given.kinds
    ]


def _services(found: Sequence[Stated], carried: Sequence[Carried] | None) -> list[SharedWith]:
    """Who carries text messages and mail now, or carried them to one person; they get the contact and the text."""
    if carried is None:
        texts = [one.name for one in connected(ConnectionKind.SMS)]
        outside = mail.carrier() if mail.is_configured() else mail.OWN
        mails = [] if outside in {mail.OWN, mail.UNNAMED} else [outside]
    else:
        texts = [one.name for one in carried if one.channel == Channel.SMS and one.name]
        mails = [one.name for one in carried if one.channel == Channel.EMAIL and one.name]
    contact = _contact(found[0]) if found else ""
    return [
        SharedWith(name, _("我们提供"), purpose, [*kinds, text], _("通过加密接口逐条提供"), contact)
        for names, keys, purpose, text in (
            (texts, PHONES, _("发送短信"), _("短信内容")),
            (mails, MAILS, _("发送邮件"), _("邮件内容")),
        )
        if (kinds := _named_in(found, keys))
        for name in dict.fromkeys(names)
    ]


def _named_in(found: Sequence[Stated], keys: Collection[str]) -> list[str]:
    """The names of these fields, as far as a purpose states them."""
    fields = Field.objects.filter(key__in=keys, active=True).order_by("key")
    return [field.name for field in fields if any(field.key in one.keys for one in found)]


def _suppliers(found: Sequence[Stated]) -> list[SharedWith]:
    """Who hands us information under a contract in force."""
    today, by_key = clock.today(), {one.purpose.key: one for one in found}
    contracts = SupplyContract.objects.filter(
        ended_at__isnull=True, begins_on__lte=today, ends_on__gte=today, purpose__in=list(by_key)
    )
    return [
        SharedWith(
            row.supplier,
            _("向我们提供"),
            by_key[row.purpose].purpose.name,
            _kinds(need.field for needs in by_key[row.purpose].fields.values() for need in needs),
            _("按供应合同提供，逐项核对后采用"),
            _contact(by_key[row.purpose]),
        )
        for row in contracts.order_by("supplier", "purpose")
    ]


def _kinds(fields: Any) -> list[str]:
    codes = {category_of(field.category) for field in fields}
    return [text.in_(_language()) for code, text in CATEGORIES.items() if code in codes]


def _contact(one: Stated) -> str:
    """Where people ask about it: the contact that the notice names."""
    version = changes.in_force(one.purpose.notice_id, _language()) if one.purpose.notice_id else None
    return version.contact if version else ""


def _language() -> str:
    return get_language() or "zh-hans"
