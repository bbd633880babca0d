"""What a page is for, in the words of whoever uses it, and where the handbook tells more: rooms sign up their pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shouxin.kit import menu
from shouxin.kit.registry import Registry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Help:
    """The paragraph of one page.

    `text` is a lazy gettext string: what the page is for, what one does there, what happens then. The sentence of a
    page's menu entry is not repeated: it stands before.
    `where` names a place of the handbook: a chapter, and a heading (or a paragraph's bold beginning) of its Chinese
    text after `#`.
    """

    url_name: str
    where: str
    text: "StrOrPromise"

    @property
    def sentences(self) -> list[str]:
        """The menu's sentence, when the page stands in the menu, and the page's own."""
        entry = menu.entries.get(self.url_name)
        return [str(text) for text in (entry.text if entry else "", self.text) if text]


pages: Registry[Help] = Registry("help")


def explain(url_name: str, where: str, text: "StrOrPromise" = "") -> Help:
    """Sign up the paragraph of the page `url_name`; without `text` the menu's sentence says it all.

    Raises:
        ValueError: the page is explained already.
    """
    return pages.register(url_name, Help(url_name, where, text))
