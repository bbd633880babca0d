"""Pure rules of packages: for which requests, why a row is left out, how long one may be fetched."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from shouxin.core.text import Text
from shouxin.rights.cases.rules import HANDED_OVER

KINDS = HANDED_OVER
HANDED = frozenset({"frozen", "ready", "taken"})  # states in which there is something to hand over, or was
LASTS = timedelta(days=7)
WITHHELD: Mapping[str, Text] = MappingProxyType(
    {
        "others": Text(
            "其中有他人的信息，为保护他人合法权益没有列出",
            "Left out: it holds information about others, whose rights it would harm",
        ),
        "secrets": Text(
            "其中有本单位或他人的商业秘密，没有列出",
            "Left out: it holds a trade secret of ours or of others",
        ),
    }
)
