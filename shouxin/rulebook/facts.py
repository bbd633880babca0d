"""What the gate asks of the rulebook: fields and purposes, from the process's cache."""

from shouxin.gate.facts import Rules, rules
from shouxin.rulebook.catalogue import queries as catalogue
from shouxin.rulebook.purposes import queries as purposes

RULES = Rules(
    fields=catalogue.fields,
    purpose=purposes.purpose_rule,
    purposes_of=purposes.active_purposes,
    purposes=lambda: tuple(purposes.purpose_rules().values()),
)


def register() -> None:
    rules.register("rulebook", RULES)
