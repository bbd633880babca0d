"""What a mask leaves is read in the reader's language; a value that no mask made stays as it is."""

import pytest

from shouxin.core.identifiers import mask, masked_in


@pytest.mark.parametrize(
    ("rule", "value", "english"),
    [
        ("M-AMOUNT", "156800.00", "100,000–200,000"),
        ("M-AMOUNT", "3", "below 10,000"),
        ("M-AMOUNT", "2500万", "10,000,000 and more"),
        ("M-FILE", "scan.pdf", "[picture hidden]"),
        ("M-SECRET", "s3cret", "[not shown]"),
    ],
)
def test_word_masks_for_english_readers(rule: str, value: str, english: str) -> None:
    shown = mask(rule, value, profile="list")
    assert masked_in("en", shown) == english
    assert masked_in("zh-hans", shown) == shown


@pytest.mark.parametrize("value", ["15万", "156800.00", "138****3005", "******", ""])
def test_leave_values_alone(value: str) -> None:
    assert masked_in("en", value) == value
