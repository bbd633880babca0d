"""The steps of handling customer information that somebody answers for in each department, and the right each needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shouxin.core.policy import Permission
from shouxin.core.text import Text

P = Permission


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, the written duty, and the rights of which its holder needs one (none: no right does it)."""

    name: Text
    duty: Text
    needs: frozenset[Permission] = frozenset()


KEEP = "keep"  # whoever holds this step is the department's responsible person for customer information
STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "collect": Step(
            Text("收集", "Collecting"),
            Text(
                "收集前告知并取得合法性基础，只收集目的所需。",
                "Gives notice, makes sure of the legal basis, and collects what the purpose needs and no more.",
            ),
            frozenset({P.CUSTOMERS_PROFILE_CREATE}),
        ),
        "enter": Step(
            Text("录入", "Entering"),
            Text(
                "准确录入和导入，核对并更正差错。", "Enters and imports correctly, checks and mends mistakes."
            ),
            frozenset({P.CUSTOMERS_PROFILE_CREATE, P.CUSTOMERS_BATCH_CREATE}),
        ),
        "use": Step(
            Text("使用", "Using"),
            Text(
                "按所选目的和事由使用，不超出授权范围。",
                "Uses data for the chosen purpose and stated reason, within what was granted.",
            ),
            frozenset({P.CUSTOMERS_PROFILE_READ}),
        ),
        "approve": Step(
            Text("审批", "Approving"),
            Text(
                "审批用数授权和导入批次，不审批自己的申请。",
                "Approves grants and imports, never an application of their own.",
            ),
            frozenset({P.ACCESS_GRANT_APPROVE}),
        ),
        "share": Step(
            Text("对外提供", "Sharing"),
            Text(
                "对外提供前核对协议、同意和接收方，只提供最小必要。",
                "Checks agreement, consent and recipient before sharing, and shares the least that is needed.",
            ),
        ),
        "correct": Step(
            Text("更正", "Correcting"),
            Text(
                "按客户请求核实并更正、补充信息。",
                "Verifies, corrects and completes data at the customer's request.",
            ),
            frozenset({P.CUSTOMERS_PROFILE_EDIT}),
        ),
        "delete": Step(
            Text("删除", "Deleting"),
            Text(
                "到期、撤回同意或目的实现后及时提出删除并核对结果。",
                "Calls for deletion when the time is over, consent withdrawn or the purpose reached, and checks it.",
            ),
        ),
        KEEP: Step(
            Text("保管", "Keeping"),
            Text(
                "对本部门保存的客户信息负责，是本部门的责任人。",
                "Answers for the customer information the department keeps: its responsible person.",
            ),
        ),
        "review": Step(
            Text("权限复核", "Reviewing rights"),
            Text(
                "每期逐条复核本部门的权限，不再需要的当场收回。",
                "Goes through the department's rights line by line each period and ends those no longer needed.",
            ),
            frozenset({P.ACCESS_REVIEW_CONFIRM}),
        ),
    }
)
