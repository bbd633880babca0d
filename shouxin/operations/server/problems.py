"""What may keep the server from running, told to the person who started it."""

from shouxin.core.text import Text


class ServerProblem(Exception):
    """Something outside the program stands in the way: which, and what to do, in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.text = Text(zh, en)
