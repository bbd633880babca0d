"""Why a change of the rulebook was refused."""

from shouxin.core.text import Text


class Refused(Exception):
    """The change is not allowed: `code` for programs, `text` for people, `article` or "" for a rule of the house."""

    def __init__(self, code: str, text: Text, article: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.article = article
