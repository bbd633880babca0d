"""What people are told about themselves, and the one exception: what a law forbids to tell the person concerned.

The fields that the purpose of individual rights names are told. What is under a duty of secrecy may be no part of that
purpose; neither the value nor that there is one, nor that it was read, is told anywhere. Staff see the article.
"""

from shouxin.core.policy import Storage
from shouxin.gate.facts import rules as rulebooks
from shouxin.rulebook.catalogue import secret

PURPOSE = "individual_rights"
DUTIES = secret.DUTIES
# Acts of ours that are about an authority's inquiry and nothing else, though they stand with a request of the person.
UNSAID = frozenset({"rights.held_back", "rights.released"})


def told() -> frozenset[str]:
    """The fields that people are told of themselves."""
    book = rulebooks["rulebook"]
    purpose, known = book.purpose(PURPOSE), book.fields()
    if purpose is None:
        return frozenset()
    return frozenset(key for key in purpose.fields if key in known and known[key].active) - DUTIES.keys()


def forgotten() -> list[str]:
    """Fields in use about people that nobody would be told of, although no law forbids it: a defect of the rules."""
    shown, known = told() | DUTIES.keys(), rulebooks["rulebook"].fields()
    return sorted(
        key
        for key, rule in known.items()
        if rule.active and rule.personal and rule.storage is not Storage.FORBIDDEN and key not in shown
    )


def hidden() -> frozenset[str]:
    """Keys that are never said to the person: of fields under a duty of secrecy, and of groups with nothing else."""
    known, groups = rulebooks["rulebook"].fields(), dict[str, bool]()
    for key, rule in known.items():
        if rule.active and rule.storage_group:
            groups[rule.storage_group] = groups.get(rule.storage_group, True) and key in DUTIES
    return frozenset(DUTIES) | {group for group, secret in groups.items() if secret}
