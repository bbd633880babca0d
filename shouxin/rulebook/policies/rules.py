"""Pure rules of the policies: what counts as one text, and how far acknowledgement has come."""

from dataclasses import dataclass
from hashlib import sha256


def digest(text_zh: str, text_en: str) -> str:
    """What is acknowledged, as one SHA-256: both languages, so that neither changes unseen."""
    return sha256(f"{text_zh}\n\0\n{text_en}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the active log-ins have acknowledged what is in force."""

    accounts: int
    acknowledged: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 means everybody."""
        return self.acknowledged * 100 // self.accounts if self.accounts else 100

    @property
    def complete(self) -> bool:
        return self.acknowledged == self.accounts
