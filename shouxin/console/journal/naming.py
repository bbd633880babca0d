"""Names of whom and what the journal tells of: staff, programs, the product's own services, events, purposes."""

import re
from collections.abc import Iterable
from uuid import UUID

from shouxin.core.policy import service_actor
from shouxin.core.text import Text
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.events import events
from shouxin.journal.services import OPERATOR
from shouxin.people import queries as people

_PLACE = re.compile(r"\{[^}]*\}")
SYSTEM = Text("系统", "The system")
# The product's own services by the name they act under.
SERVICES = {
    "api-door": Text("系统：接口入口", "System: door of the API"),
    "attachments": Text("系统：附件", "System: attachments"),
    "cleanup": Text("系统：清理", "System: cleaning up"),
    "collection": Text("系统：收集", "System: collection"),
    "consents": Text("系统：同意能力", "System: age of consent"),
    "contact_limits": Text("系统：联系限制", "System: limits of contact"),
    "deduplication": Text("系统：查重", "System: finding duplicates"),
    "directory-door": Text("系统：人员目录", "System: directories of staff"),
    "guard": Text("系统：访问防护", "System: guarding"),
    "high-risk": Text("系统：高风险", "System: high risk"),
    "import": Text("系统：导入", "System: import"),
    "individual-rights": Text("系统：个人行权", "System: requests of individuals"),
    "keys": Text("系统：密钥", "System: keys"),
    "last-day": Text("系统：离岗", "System: last days"),
    "leads": Text("系统：线索", "System: leads"),
    "ledger check": Text("系统：日志检验", "System: checks of the journal"),
    "messages": Text("系统：消息", "System: messages"),
    "notices": Text("系统：通知", "System: notices"),
    "public_forms": Text("系统：公开表单", "System: public forms"),
    "public_page": Text("系统：公开页面", "System: public page"),
    "reencryption": Text("系统：重新加密", "System: re-encryption"),
    "rights": Text("系统：本人的信息", "System: a person's own information"),
    "rights-review": Text("系统：权限复核", "System: reviews of rights"),
    "sealing-up": Text("系统：封装", "System: sealing"),
    "search": Text("系统：检索", "System: search"),
    "search-index": Text("系统：检索索引", "System: search index"),
    "segments": Text("系统：客户分群", "System: segments"),
    "send_code": Text("系统：发送验证码", "System: sending codes"),
    "setup": Text("系统：安装", "System: setting up"),
    "sign-in": Text("系统：登录入口", "System: sign-in door"),
    "published_lists": Text("系统：公开清单", "System: public lists"),
    "surveys": Text("系统：满意度调查", "System: surveys"),
    "sync": Text("系统：同步", "System: connected systems"),
    "webhooks": Text("系统：推送", "System: webhooks"),
}
_OF_SERVICES = {service_actor(name).pseudonym: said for name, said in SERVICES.items()} | {
    OPERATOR.pseudonym: Text("服务器命令行", "Command line of the server")
}


def who_is(pseudonyms: Iterable[UUID], language: str) -> dict[UUID, str]:
    """The name behind each pseudonym; whoever is unknown is the system."""
    wanted = set(pseudonyms)
    known = people.names_of(wanted - set(_OF_SERVICES))
    return {one: known.get(one) or _OF_SERVICES.get(one, SYSTEM).in_(language) for one in wanted}


def service_called(text: str) -> UUID | None:
    """The pseudonym of the service of that name, in either language."""
    wanted = text.strip().casefold()
    for pseudonym, said in _OF_SERVICES.items():
        if wanted in {said.zh.casefold(), said.en.casefold()}:
            return pseudonym
    return None


def service_named(pseudonym: UUID, language: str) -> str | None:
    """The name of the service behind a pseudonym, if it is one."""
    found = _OF_SERVICES.get(pseudonym)
    return found.in_(language) if found else None


def kind_name(event: str, language: str) -> str:
    """The sentence of an event without what fills it."""
    kind = events.get(event)
    return _PLACE.sub("…", kind.sentence.in_(language)) if kind else event


def purpose_names(language: str) -> dict[str, str]:
    """Every purpose there ever was, by key."""
    return {rule.key: rule.name.in_(language) for rule in rulebooks["rulebook"].purposes()}
