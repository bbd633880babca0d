"""What whoever leaves or moves had begun: it is theirs alone, so it is destroyed."""

from collections.abc import Mapping, Sequence

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.drafts.queries import of_person
from shouxin.people.leaving.ties import Going, Tie, ties


def foresee(going: Going) -> Sequence[Text]:
    """How many drafts there are."""
    count = of_person(going.staff).count()
    text = Text(
        f"{count} 份未提交的草稿将销毁；请此前提交。",
        f"{count} drafts not yet sent will be destroyed; send them before.",
    )
    return [text] if count else []


def cut(_actor: Actor, going: Going) -> Mapping[str, int]:
    return {"drafts": of_person(going.staff).delete()[0]}


ties.register("drafts", Tie(foresee, cut))
