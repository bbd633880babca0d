"""Erasing single fields that a person named. What a law keeps stays; all else goes by itself after the answer, with its
earlier versions and what it is found by, or when the inquiry that holds it is over.

The values beside it stay in use, so nothing is locked meanwhile. The old key of what they lay with is gone at once;
copies of it in backups are destroyed with these.
"""

from datetime import datetime

from shouxin.core.policy import FieldRule, GroupState, Storage
from shouxin.customers.registry import erasing, merging
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.rights import secrecy
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.foreseeing import INQUIRY_ARTICLE, foresee, inquired
from shouxin.rights.cases.models import Case, Deed
from shouxin.rights.cases.recording import KEEPER, record
from shouxin.vault import queries as vault

W = Deed.What
_IN_USE = frozenset({GroupState.COLLECTED, GroupState.IN_USE})


def possible(customer: Customer) -> list[FieldRule]:
    """The fields of the profile, of which something may be kept, that the person may have erased one by one."""
    told, family = secrecy.told(), merging.everybody(customer.id)
    groups = {
        group for held in vault.states(family).values() for group, state in held.items() if state in _IN_USE
    }
    clear = set().union(*Customer.objects.filter(id__in=family).values_list("public_values", flat=True))
    return [
        rule
        for key, rule in rulebooks["rulebook"].fields().items()
        if key in told
        and rule.record == "profile"
        and (key in clear if rule.storage is Storage.CLEAR else rule.storage_group in groups)
    ]


def check(row: Case) -> None:
    """Raises:
    CaseProblem: a field lies in what is closed already: it goes, or stays, with all of that."""
    if row.fields and _closed(row, row.fields):
        raise CaseProblem("erase.closed")


def begin(row: Case, now: datetime) -> None:
    """Say of each field what becomes of it; the case stays open until what is to go is gone."""
    before = set(row.deeds.exclude(field="").values_list("field", flat=True))
    found = [one for one in foresee(row, now) if one.field not in before]
    Deed.objects.bulk_create(
        Deed(
            case=row,
            customer_id=one.customer,
            what=one.what,
            field=one.field,
            article=one.article[:200],
            until=one.until,
            begins=one.begins,
            lasts=one.lasts,
            at=now,
        )
        for one in found
    )
    kept = sum(one.what is W.GOES_ON for one in found)
    record(KEEPER, "singled_out", row, pending=len(found) - kept, retained=kept)


def go_on(row: Case, now: datetime) -> None:
    """Erase what may go now, of everybody who is this customer; what was closed meanwhile waits, and what an authority
    or a law keeps by now stays.
    """
    _hold_back(row, now)
    waiting = row.deeds.filter(what=W.PENDING, destroyed_at__isnull=True)
    fields = set(waiting.values_list("field", flat=True))
    fields -= _closed(row, fields)
    if not fields or row.customer_id is None:
        return
    for customer in sorted(merging.everybody(row.customer_id)):
        erasing.erase_fields(actor=KEEPER, customer=customer, fields=fields, case=row.id, now=now)
    waiting.filter(field__in=fields).update(what=W.ERASED, until=None, destroyed_at=now)
    record(KEEPER, "erased", row, count=len(fields))


def _hold_back(row: Case, now: datetime) -> None:
    """What was to go when the answer was given, and is looked into or kept by a law now, is not destroyed after all."""
    waiting = row.deeds.filter(what__in=[W.PENDING, W.WAITING], destroyed_at__isnull=True)
    if row.customer_id is None or not waiting.exists():
        return
    # An inquiry is taken on under this lock, so none begins between the look and the erasing.
    family = merging.everybody(row.customer_id)
    list(Customer.objects.select_for_update(of=("self",)).filter(id__in=family).order_by("id").values("id"))
    law = {one.field: one for one in foresee(row, now) if one.what is W.GOES_ON} if row.fields else {}
    retained = [one for one in waiting if one.field in law]
    for deed in retained:
        kept = law[deed.field]
        deed.what, deed.article, deed.until = kept.what, kept.article[:200], kept.until
        deed.begins, deed.lasts = kept.begins, kept.lasts
        deed.save(update_fields=["what", "article", "until", "begins", "lasts"])
    if retained:
        record(KEEPER, "retained", row, count=len(retained))
    if inquired(sorted(family)) and (
        held := waiting.update(what=W.HELD, article=INQUIRY_ARTICLE, until=None)
    ):
        record(KEEPER, "held_back", row, count=held)


def _closed(row: Case, fields: "set[str] | list[str]") -> set[str]:
    """Those that lie in groups which are locked."""
    if row.customer_id is None:
        return set()
    states = vault.states(merging.everybody(row.customer_id)).values()
    locked = {group for held in states for group, state in held.items() if state is GroupState.LOCKED}
    book = rulebooks["rulebook"].fields()
    return {key for key in fields if key in book and book[key].storage_group in locked}
