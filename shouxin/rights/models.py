"""The tables of every room of this app, for Django to find."""

__all__ = [
    "Case",
    "Check",
    "ContactScore",
    "Deed",
    "Feedback",
    "Package",
    "Piece",
    "Proof",
    "Round",
    "RoundItem",
]
