"""What keeps an entry from being stored."""


class RegistryProblem(Exception):
    """The entry cannot be stored; `code` names why, `field` where."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field
