"""Why a place could not be stated."""


class StoringProblem(Exception):
    """`code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
