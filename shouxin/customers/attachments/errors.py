"""What goes wrong with the places where sealed bytes lie."""


class StorageAway(Exception):
    """The place where attachments lie cannot be used now; the sentence says why, without a secret."""


class Missing(Exception):
    """There are no bytes of this file."""
