"""What the pages of grants, programs and reviews are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "access:grants",
    "rules#用数授权",
    _("要看明文先在这里申请，由另一人批准；随时可以一键终止。到期自动失效，不用去收回。"),
)
explain(
    "access:grant",
    "rules#用数授权",
    _("这份授权给谁、哪些字段、为什么、到什么时候，谁批准的。批准后内容不能再改；终止立即生效。"),
)
explain(
    "access:propose",
    "rules#用数授权",
    _("选目的、字段和期限，写明办什么事。只对您本人负责的客户、非敏感字段有效；批准之前仍是脱敏。"),
)
explain(
    "access:emergencies",
    "people#应急访问",
    _("下一个工作日之前由别人复核：属实还是不必要。没人复核的会一直提醒。"),
)
explain(
    "access:emergency",
    "people#应急访问",
    _("谁为什么紧急打开了哪位客户的哪些内容，期间看了什么。您可以提前终止；复核要写依据，本人不能复核自己。"),
)
explain(
    "access:emergency_open",
    "people#应急访问",
    _(
        "等不及审批、客户正等着的时候用：选字段，写明为什么等不及。立即生效，"
        "最长 30 分钟，只对这一位客户，负责人马上收到告警，事后一定有人复核。"
    ),
)
explain(
    "access:clients",
    "api#取得令牌",
    _("部门负责人申请，个人信息保护负责人批准，令牌只显示一次。点开看最近使用和被拒的原因。"),
)
explain(
    "access:client",
    "api#取得令牌",
    _("这个程序能读写什么、从哪里来、每天多少行、到何时。更换令牌、改来源地址都要重新批准；不用了就终止。"),
)
explain(
    "access:client_propose",
    "api#取得令牌",
    _("像给人申请授权一样，给一个系统申请：目的、字段、来源地址、每天行数和期限。批准的人会看到您写的理由。"),
)
explain(
    "access:webhooks",
    "api#变更推送（Webhook）",
    _("推送里没有任何客户信息，只有编号和事件。一直送不到的会自动停用并提醒。"),
)
explain(
    "access:webhook_deliveries",
    "api#变更推送（Webhook）",
    _("对方说没收到时，在这里按地址和状态找到那条消息，看是何时、因何没有送达，再重新推送。"),
)
explain(
    "access:webhook",
    "api#变更推送（Webhook）",
    _("这个地址收哪些事件，每条消息送到没有、对方怎么回。可以发一条测试，也可以重新推送。"),
)
explain(
    "access:webhook_propose",
    "api#变更推送（Webhook）",
    _("写明推到哪个 https 地址、哪些事件、为什么。批准后签名密钥只显示一次，请马上交给对方系统保管。"),
)
explain(
    "access:webhook_delivery",
    "api#变更推送（Webhook）",
    _("一条消息的内容和每一次尝试：什么时候、对方回了什么。没送到的可以用原编号再送一次。"),
)
explain(
    "access:sync",
    "api#以代号代替值",
    _("超过 24 小时没有确认的列在前面：那个系统里可能还留着旧的信息，请联系它的负责人。"),
)
explain(
    "access:secrets",
    "customers#列表行数与商业秘密",
    _("没有列名的人一次最多看 20 行带商业秘密的信息。申请列名由个人信息保护负责人批准，到期自动失效。"),
)
explain("access:reviews", "people#权限复核", _("您要复核的排在最前。14 天内没有确认的权限到期自动失效。"))
explain(
    "access:review",
    "people#权限复核",
    _(
        "一行是一个人的一项权限，旁边写着最近用没用过。仍需要就确认，不需要就收回，"
        "收回立即生效；不能复核自己的。"
    ),
)
explain(
    "access:duties_table",
    "people#职责与权限对照、范围报告",
    _("由现在有效的职责和权限当场算出，不用维护。差异逐条列出，点过去就能处理。"),
)
explain(
    "access:scope_report",
    "people#职责与权限对照、范围报告",
    _("哪些部门保存着客户信息，各由谁负责。没有人负责的排在最前面，可以当场指定。"),
)
explain("access:risks", "rules#高风险", _("点开看是谁申请、谁批准、之后谁看过。解除同样要两个人。"))
explain(
    "access:risk",
    "rules#高风险",
    _("标记期间，每一次查看明文都列在这里，由您注明已阅。申请人不能批准自己的申请。"),
)
explain(
    "access:risk_propose_customer",
    "rules#高风险",
    _("这位客户需要特别小心时申请：批准后用独立密钥，看明文要两人批准，也不再提供给任何程序。"),
)
explain(
    "access:risk_propose_field",
    "rules#高风险",
    _("这个字段对所有客户都按高风险对待：独立密钥、两人批准、不给程序。批准前先看影响。"),
)
