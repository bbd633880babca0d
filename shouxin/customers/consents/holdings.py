"""What is kept here about customers: what they decided, and what holds now."""

from shouxin.core.text import Text
from shouxin.customers.consents.models import Consent, Decision, Refusal
from shouxin.kit.holdings import Column, Reads, Table, Why, register

_PROOF = Text("证明您作出的选择", "To prove what you decided")
_YOURS = Text("您本人（或监护人）的选择", "Your own choice, or your guardian's")
_WHY = Why(_YOURS, _PROOF, Text("客户关系终止后 3 年", "3 years after the end of the relationship"))
_PURPOSE = Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE)
_KIND = Column("kind", Text("种类", "Kind"), Reads.CHOICE)
# Companies by their name; retired ones keep theirs.
_ITEM = Column(
    "item",
    Text("事项", "Item"),
    sql="coalesce((SELECT c.name_zh FROM rulebook_recipient c WHERE c.id::text = r.item), r.item)",
)
_UNTIL = Column("until", Text("有效至", "Valid until"), Reads.MOMENT)
register(
    Table(
        Decision,
        Text("同意与撤回的记录", "What you agreed to and took back"),
        _WHY,
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            _PURPOSE,
            _KIND,
            _ITEM,
            Column("decided", Text("选择", "Decided"), Reads.CHOICE),
            Column("channel", Text("方式", "By"), Reads.CHOICE),
            Column("own_wish", Text("您主动提出", "At your own wish"), Reads.YES),
            _UNTIL,
            Column("shown", Text("当时页面的摘要", "Digest of the page as you saw it"), sql="r.shown_id"),
        ),
        by="(r.customer_id = ANY(%s::uuid[]) OR r.guardian = ANY(%s::uuid[]))",
    )
)
register(
    Table(
        Consent,
        Text("现在有效的同意", "What you agree to now"),
        _WHY,
        (
            _PURPOSE,
            _KIND,
            _ITEM,
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("since", Text("自", "Since"), Reads.MOMENT),
            _UNTIL,
        ),
    )
)
register(
    Table(
        Refusal,
        Text("您拒绝或限制的处理", "What you refused or restricted"),
        _WHY,
        (
            _PURPOSE,
            _KIND,
            Column("since", Text("自", "Since"), Reads.MOMENT),
            Column("lifted_at", Text("取消时间", "Lifted"), Reads.MOMENT),
        ),
    )
)
