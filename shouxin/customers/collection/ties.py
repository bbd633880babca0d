"""What whoever leaves or moves had begun to fill in: it is theirs alone, so it is destroyed."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text, counted
from shouxin.customers.collection import drafts
from shouxin.people.leaving.ties import Cause, Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    """How many drafts there are."""
    count = 0 if going.cause is Cause.ROLE_ENDED else drafts.of_person(going.staff).count()
    text = counted(
        count,
        "{n} 份没有填完的表单将销毁；请此前提交。",
        "{n} form not yet sent will be destroyed; send it before.",
        "{n} forms not yet sent will be destroyed; send them before.",
    )
    return [text] if count else []


def cut(_actor: Actor, going: Going) -> Mapping[str, int]:
    gone = 0 if going.cause is Cause.ROLE_ENDED else drafts.of_person(going.staff).delete()[0]
    return {"form_drafts": gone}


ties.register("form drafts", Tie(foresee, cut))
