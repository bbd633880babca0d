"""The code by which somebody follows what they filed without an account: drawn once, told once, kept as a digest."""

import secrets

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread over the telephone
_LENGTH, _GROUP = 12, 4


def drawn() -> str:
    """Twelve characters, 58 bits."""
    return "".join(secrets.choice(_ALPHABET) for _n in range(_LENGTH))


def spelled(code: str) -> str:
    """In groups of four, as people are told it."""
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
