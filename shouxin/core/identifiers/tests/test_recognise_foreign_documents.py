"""Documents and accounts of other countries are found by their proof; a wrong digit takes the proof away."""

import string

import pytest
from stdnum.fr import nir

from shouxin.core.identifiers import mask, recognise

NIR = "1 53 01 45 073 022 " + str(nir.calc_check_digits("1530145073022"))
WITH_PROOF = [
    ("IBAN", "DE89 3704 0044 0532 0130 00"),
    ("IBAN", "GB29NWBK60161331926819"),
    ("HK-ID", "A123456(3)"),
    ("TW-ID", "A123456789"),
    ("SG-ID", "S1234567D"),
    ("ES-ID", "12345678Z"),
    ("CODICE-FISCALE", "RSSMRA85T10A562S"),
    ("CPF", "390.533.447-05"),
    ("RRN", "971013-9019902"),
    ("AADHAAR", "2341 2341 2346"),
    ("NIR", NIR),
]
BY_SHAPE = [("IN-PAN", "ABCPE1234F"), ("NINO", "AB123456C"), ("SSN", "536-90-4399")]


@pytest.mark.parametrize(("kind", "number"), WITH_PROOF + BY_SHAPE)
def test_it_is_found_within_a_sentence_and_masked(kind: str, number: str) -> None:
    text = f"客户提供的证件是{number}，请核对。"
    assert [(found.kind, text[found.start : found.end]) for found in recognise(text)] == [(kind, number)]
    assert number not in mask("M-TEXT", text)


@pytest.mark.parametrize(("kind", "number"), WITH_PROOF)
def test_another_last_character_is_no_proof(kind: str, number: str) -> None:
    place = max(n for n, character in enumerate(number) if character.isalnum())
    others = string.digits if number[place].isdigit() else string.ascii_uppercase
    assert any(one.kind == kind for one in recognise(f"单号{number}，"))
    found = 0
    for other in others.replace(number[place], ""):
        spoilt = number[:place] + other + number[place + 1 :]
        found += any(one.kind == kind for one in recognise(f"单号{spoilt}，"))
    assert found == 0


@pytest.mark.parametrize(
    "text", ["型号A123456789B", "编号AB123456C1", "SKU S1234567X", "2341 2341 23467", "订单390.533"]
)
def test_numbers_of_goods_are_left_alone(text: str) -> None:
    assert [found.kind for found in recognise(text)] == []
