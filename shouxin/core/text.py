"""A sentence in the two languages of the product, for floors that know no gettext."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, Chinese and English; placeholders in braces are the same in both."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in `language` (an IETF tag): English for `en…`, otherwise Chinese."""
        return self.en if language.lower().startswith("en") else self.zh

    def filled(self, **values: object) -> "Text":
        """The sentence with its placeholders replaced in both languages."""
        return Text(self.zh.format_map(values), self.en.format_map(values))


def counted(count: int, zh: str, one: str, many: str, **values: object) -> Text:
    """A sentence about a number, which stands as {n}; English tells one from many."""
    return Text(zh, one if count == 1 else many).filled(n=count, **values)
