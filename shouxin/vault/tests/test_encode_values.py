"""Values that share one provenance are encoded into the very bytes in which each names it."""

from uuid import UUID

from shouxin.vault.payload import Value, decode, encode, encode_entered

ORIGIN = UUID("01890000-0000-7000-8000-000000000001")


def test_shared_provenance_gives_the_same_bytes() -> None:
    values = {
        "person_name": Value("王芳", ORIGIN, 1),
        "note": None,
        "mobile": Value("138", ORIGIN, 0, "phone.short"),
        "employer": Value("云海", ORIGIN),
        "email": Value("a@b.cn", ORIGIN, 1, "row.first-stays"),
    }
    encoded = encode_entered(values, ORIGIN.bytes)
    assert encoded == encode(values)
    assert decode(encoded) == {key: value for key, value in values.items() if value}


def test_nothing_but_removals_names_no_provenance() -> None:
    assert encode_entered({"note": None}, ORIGIN.bytes) == encode({"note": None})
