"""What the services of this app say when the rules refuse a change."""

from shouxin.core.text import Text


class PeopleError(Exception):
    """A change that the rules of this app refuse; `text` says why and what would work."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
