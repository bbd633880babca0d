"""A decision given again where it would come out the same."""

from shouxin.core.policy.permit import Permit, mint
from shouxin.core.policy.vocabulary import Question


def again(permit: Permit, question: Question) -> Permit:
    """What `decide` would say to `question`, which is the one that `permit` answered but for its one customer and its
    moment, where all that is known is the same, and nothing of it has ended since."""
    (forms,) = permit.forms.values()
    (customer,) = question.customers
    return mint(
        actor=question.actor,
        purpose=permit.purpose,
        action=permit.action,
        reason=permit.reason,
        at=question.now,
        fields=permit.fields,
        forms={customer: forms},
        refused={},
        grants=permit.grants,
        alarms=(),
    )
