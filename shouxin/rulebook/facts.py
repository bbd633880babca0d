"""What the gate asks of the rulebook: fields and purposes, from the process's cache."""

from collections.abc import Sequence

from shouxin.core.policy import Actor, PurposeStatus
from shouxin.core.policy.levels import LEVELS
from shouxin.gate.facts import Rules, rules, withheld
from shouxin.people import working_purpose
from shouxin.people.working_purpose import PurposeChoice
from shouxin.rulebook.catalogue import queries as catalogue
from shouxin.rulebook.purposes import queries as purposes
from shouxin.rulebook.regions import queries as regions

RULES = Rules(
    fields=catalogue.fields,
    purpose=purposes.purpose_rule,
    purposes_of=purposes.active_purposes,
    purposes=lambda: tuple(purposes.purpose_rules().values()),
    revision="SELECT token FROM rulebook_rulerevision WHERE id = 1",
    held=catalogue.held_revision,
    regions=regions.in_force_rules,
)


def working_purposes(actor: Actor) -> Sequence[PurposeChoice]:
    """The purposes a member of staff may choose to work for: active, and meant for their role and department."""
    return [PurposeChoice(rule.key, rule.name) for rule in purposes.active_purposes(actor)]


def coming_purposes(actor: Actor) -> Sequence[PurposeChoice]:
    """Those that are approved for their role and department, and wait to be put into force."""
    return [
        PurposeChoice(rule.key, rule.name)
        for rule in purposes.purpose_rules().values()
        if rule.status is PurposeStatus.APPROVED and purposes.may_act(actor, rule)
    ]


def kept_in() -> frozenset[str]:
    """The fields whose level alone keeps them out of every file."""
    return frozenset(
        key for key, rule in catalogue.active_fields().items() if not LEVELS[rule.level].leaves_in_files
    )


def register() -> None:
    rules.register("rulebook", RULES)
    withheld.register("level", kept_in)
    working_purpose.sources.register("rulebook", working_purposes)
    working_purpose.coming.register("rulebook", coming_purposes)
