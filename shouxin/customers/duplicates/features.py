"""What two customers are compared by: one row of coarse forms for each, kept in memory alone."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

from shouxin.core import identifiers
from shouxin.core.identifiers import comparing
from shouxin.core.identifiers.documents import birth_date

PERSON, ORGANISATION = "person", "organisation"
# The fields of a profile that are looked at, of each kind the first that is there.
NAMES = {PERSON: ("person_name",), ORGANISATION: ("company_name",)}
NUMBERS = {
    PERSON: ("id_number", "passport_no", "residence_permit_no", "hkmo_permit_no", "tw_permit_no"),
    ORGANISATION: ("uscc",),
}
PHONES = ("mobile", "landline")
EMAILS = ("email",)
ADDRESSES = {
    PERSON: ("home_address", "delivery_address", "household_address"),
    ORGANISATION: ("registered_address", "delivery_address"),
}
BIRTHS = ("birth_date",)


@dataclass(frozen=True, slots=True)
class Features:
    """One customer as it is compared; empty where it has nothing."""

    kind: str
    name: str = ""
    family: str = ""
    given: str = ""
    sound: str = ""
    family_sound: str = ""
    given_sound: str = ""
    born: str = ""
    number: str = ""
    phone: str = ""
    email: str = ""
    place: str = ""
    address: str = ""


COLUMNS = tuple(one.name for one in fields(Features))


def as_row(one: Features) -> tuple[str | None, ...]:
    """As a row of the comparing engine: what is missing is null there, and speaks neither for nor against."""
    return tuple(text or None for text in astuple(one))


def used_fields() -> frozenset[str]:
    """The keys of every field that is looked at."""
    of_kind = (NAMES, NUMBERS, ADDRESSES)
    return frozenset(key for group in of_kind for keys in group.values() for key in keys) | {
        *PHONES,
        *EMAILS,
        *BIRTHS,
    }


def of_values(kind: str, values: Mapping[str, str]) -> Features:
    """The features of a customer of `kind` with these values of its profile."""

    def first(keys: tuple[str, ...]) -> str:
        for key in keys:
            text = values.get(key)
            if text and not text.isspace():
                return text
        return ""

    name = first(NAMES[kind])
    number = comparing.id_number(first(NUMBERS[kind]))
    place, rest = comparing.address(first(ADDRESSES[kind]))
    shared = {
        "kind": kind,
        "number": number,
        "phone": identifiers.normalise("PHONE", first(PHONES)),
        "email": identifiers.normalise("EMAIL", first(EMAILS)),
        "place": place,
        "address": rest,
    }
    if kind == ORGANISATION:
        core = comparing.company(name)
        return Features(name=core, sound=comparing.sound(core), family=core, family_sound=core, **shared)
    return person(comparing.name_parts(name), first(BIRTHS), **shared)


def person(names: tuple[str, str], born: str, **shared: str) -> Features:
    """A natural person, by family and given name."""
    family, given = names
    family_sound, given_sound = comparing.heard(family), comparing.heard(given)
    birth = identifiers.normalise("DATE", born).replace("-", "") if born else ""
    if not birth and shared.get("number"):
        known = birth_date(shared["number"]) if len(shared["number"]) == 18 else None  # noqa: PLR2004 - resident ID
        birth = known.strftime("%Y%m%d") if known else ""
    return Features(
        name=f"{family} {given}",
        family=family,
        given=given,
        sound=f"{family_sound} {given_sound}",
        family_sound=family_sound,
        given_sound=given_sound,
        born=birth,
        **shared,
    )
