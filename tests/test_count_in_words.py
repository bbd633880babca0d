"""A sentence about a number says one thing of one and another of many."""

from shouxin.core.text import counted


def test_english_tells_one_from_many() -> None:
    said = [counted(n, "{n} 份授权。", "{n} grant ends.", "{n} grants end.") for n in (1, 2, 0)]
    assert [text.en for text in said] == ["1 grant ends.", "2 grants end.", "0 grants end."]
    assert [text.zh for text in said] == ["1 份授权。", "2 份授权。", "0 份授权。"]


def test_what_is_filled_in_is_not_read_as_a_sentence() -> None:
    assert counted(1, "{name}：{n}", "{n} of {name}", "{n} of {name}", name="{n}").en == "1 of {n}"
