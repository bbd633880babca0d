"""What cannot be done with an item of feedback."""


class FeedbackProblem(Exception):
    """`code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
