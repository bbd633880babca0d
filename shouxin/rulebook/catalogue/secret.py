"""Fields that a law forbids to tell the person concerned: neither what is there, nor that it is, nor who read it.

They hold whatever a purpose says: nobody may make them be told by listing them where people see what is held.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shouxin.core.text import Text

_MONEY_LAUNDERING = Text("反洗钱法 第7条", "Anti-Money Laundering Law art. 7")
DUTIES: Mapping[str, Text] = MappingProxyType(
    {"aml_risk_rating": _MONEY_LAUNDERING, "sanction_hit": _MONEY_LAUNDERING}
)
