"""How codes of this room are read out in sentences of the journal."""

from uuid import UUID

from shouxin.core.policy import Role
from shouxin.people import queries, rules


def name_behind(value: object, _language: str) -> str:
    """The name behind a pseudonym; what is no pseudonym is shown as it stands."""
    try:
        pseudonym = UUID(str(value))
    except ValueError:
        return str(value)
    return queries.names_of([pseudonym]).get(pseudonym, str(value))


def role_name(value: object, language: str) -> str:
    """The role in words; an unknown code is shown as it stands."""
    try:
        return rules.ROLE_NAMES[Role(str(value))].in_(language)
    except ValueError:
        return str(value)
