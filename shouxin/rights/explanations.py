"""What the pages of individuals' requests are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "rights:cases",
    "rights#个人行权",
    _("先受理，再核验身份，然后办理和答复。快到期的排在最前面；逾期会提醒部门负责人和个人信息保护负责人。"),
)
explain(
    "rights:case",
    "rights#个人行权",
    _("一件申请从登记到答复的全过程。核验要与所要的内容相称；不同意必须写明理由和依据，并由另一人审批。"),
)
explain(
    "rights:intake",
    "rights#登记",
    _("客户当面、来电或来信提出的要求在这里登记。系统给出编号和查询码，查询码只显示一次，请交给申请人。"),
)
explain(
    "rights:intake_of",
    "rights#登记",
    _("为这位客户登记一件要求。同一客户同样的要求已在办的，会自动认出并入，不会办两次。"),
)
explain(
    "rights:package",
    "rights#材料",
    _("本人查阅、复制、转移要的全部信息：从每个模块取出，逐类审阅，涉及他人的不列出，定稿后只能领取一次。"),
)
explain(
    "rights:story",
    "rights#全过程",
    _("从第一次收集到现在，对这位客户的信息做过的每一件事。可以导出内部版和本人版，打开就能离线验证。"),
)
explain(
    "rights:letter",
    "rights#答复",
    _("给申请人的答复书，由事实生成：结果、理由和依据、救济途径、日期。可以打印，也可以换成英文。"),
)
explain(
    "rights:approve_all",
    "rights#答复",
    _("一次批准等待您审批的全部答复：先看各有多少件，输入件数确认，再在后台逐件执行。"),
)
explain(
    "rights:round",
    "rights#答复",
    _("这一批办到哪里、哪些没有批准和原因。可以离开本页，办完会停下。"),
)
explain(
    "rights:statistics",
    "rights#期限",
    _("最近一年各种申请的数量、结果、用时和满意度，以及不同意的理由，供个人信息保护负责人和部门负责人核对。"),
)
explain(
    "rights:feedback",
    "rights#意见反馈",
    _(
        "客户登录或不登录都能提意见。每件自动有类别、答复人和答复日期；到期没有答复的，部门负责人和个人信息保护负责人会知道。"
    ),
)
explain(
    "rights:feedback_item",
    "rights#意见反馈",
    _("一件意见的原话、由谁答复和经过。答复发出后不能再改；不归自己答复的，转交给合适的人。"),
)
explain(
    "rights:satisfaction",
    "rights#满意度",
    _("客户在申请、投诉办结和接待结束后各评一次分。2 分及以下的自动转监督员；人数不足的部门和月份不显示。"),
)
