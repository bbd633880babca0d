"""The language of the command line."""

import os

from shouxin.core.text import Text


def language() -> str:
    """SHOUXIN_LANG, else the environment's, else Chinese: zh or en."""
    wanted = os.environ.get("SHOUXIN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "zh"
    return "en" if wanted.lower().startswith("en") else "zh"


def words(zh: str, en: str) -> str:
    """The one of the two that the person at the terminal reads."""
    return Text(zh, en).in_(language())
