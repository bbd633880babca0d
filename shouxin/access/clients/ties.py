"""Programs end with whoever answers for them: their tokens were in that person's hands."""

from collections.abc import Mapping, Sequence

from shouxin.access.clients import services
from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.people.leaving.ties import Going, Tie, ties

LIVE = (ClientState.PROPOSED, ClientState.APPROVED)


def foresee(going: Going) -> Sequence[Text]:
    names = [client.name for client in ApiClient.objects.filter(owner_id=going.staff, state__in=LIVE)]
    zh, en = "、".join(names), ", ".join(names)
    return (
        [Text(f"接口客户端及其令牌终止：{zh}。", f"API clients end with their tokens: {en}.")]
        if names
        else []
    )


def cut(actor: Actor, going: Going) -> Mapping[str, int]:
    return {"clients": services.end_owned(actor=actor, owner=going.staff, now=going.at)}


ties.register("api clients", Tie(foresee, cut))
