"""What a request cannot be brought to."""


class CaseProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
