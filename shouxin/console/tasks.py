"""What people usually begin with, by what they may do; the first screenful is what their day is made of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission, Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = Permission
MOST = 6


@dataclass(frozen=True, slots=True)
class Task:
    """Something people usually do; shown when its page is mounted and the actor may open it.

    `purposes`: keys of the product's purposes; whoever works for one of them meets the task earlier.
    """

    url_name: str
    permission: Permission
    icon: str
    title: "StrOrPromise"
    text: "StrOrPromise"
    purposes: frozenset[str] = frozenset()


# In the order in which somebody who may do all of it would want it.
TASKS = (
    Task(
        "customers:find",
        P.CUSTOMERS_PROFILE_SEARCH,
        "person_search",
        _("查找客户"),
        _("按姓名、电话、后四位或会员号查找，开始一次接待。"),
    ),
    Task(
        "customers:segments",
        P.CUSTOMERS_SEGMENT_READ,
        "donut_small",
        _("客户分群"),
        _("按条件圈出客户，只看人数和脱敏名单。"),
        frozenset({"marketing"}),
    ),
    Task(
        "customers:promises",
        P.CUSTOMERS_PROMISE_WRITE,
        "task_alt",
        _("需求与承诺"),
        _("答应过客户什么，到哪天为止。"),
        frozenset({"service", "leasing"}),
    ),
    Task(
        "customers:collect",
        P.CUSTOMERS_FORM_FILL,
        "edit_note",
        _("填写表单"),
        _("当面或电话里替客户填写登记表、调查表。"),
        frozenset({"service", "marketing"}),
    ),
    Task(
        "customers:create",
        P.CUSTOMERS_PROFILE_CREATE,
        "person_add",
        _("录入客户"),
        _("手工录入一位客户或一家单位。"),
        frozenset({"sales_contract", "leasing"}),
    ),
    Task(
        "customers:intake_new",
        P.CUSTOMERS_BATCH_CREATE,
        "upload_file",
        _("导入客户"),
        _("从 Excel 或 CSV 导入，逐列核对后入库。"),
        frozenset({"sales_contract"}),
    ),
    Task(
        "rulebook:purposes",
        P.RULEBOOK_PURPOSE_DRAFT,
        "fact_check",
        _("处理目的"),
        _("起草、批准和启用处理目的与告知。"),
    ),
    Task(
        "customers:figures",
        P.CUSTOMERS_QUALITY_READ,
        "monitoring",
        _("数据质量"),
        _("完整、准确、保密三项指标和拉低它们的客户。"),
    ),
    Task("people:staff_new", P.PEOPLE_STAFF_WRITE, "person_add", _("新建人员"), _("为同事建立登录名。")),
    Task(
        "people:departments",
        P.PEOPLE_DEPARTMENT_WRITE,
        "account_tree",
        _("部门"),
        _("建立部门、指定负责人。"),
    ),
    Task("people:staff", P.PEOPLE_ROLE_GRANT, "key", _("授予角色"), _("给人员授予角色，由部门负责人确认。")),
    Task(
        "journal:entries",
        P.JOURNAL_ENTRY_READ,
        "receipt_long",
        _("查阅日志"),
        _("谁在何时为何目的做了什么。"),
    ),
    Task(
        "access:grants",
        P.ACCESS_GRANT_READ,
        "key",
        _("用数授权"),
        _("谁可以看哪些明文，为什么，到什么时候。"),
    ),
    Task(
        "access:reviews",
        P.ACCESS_REVIEW_OPEN,
        "fact_check",
        _("权限复核"),
        _("每季度逐项确认每个人还需要哪些权限。"),
    ),
    Task(
        "vault:keys",
        P.VAULT_KEY_READ,
        "encrypted",
        _("密钥与算法"),
        _("密钥用到哪一代、何时轮换、还有哪些过时算法。"),
    ),
    Task(
        "people:connections",
        P.PEOPLE_CONNECTION_DRAFT,
        "hub",
        _("外部连接"),
        _("统一登录、通讯录和目录的连接。"),
    ),
    Task(
        "gate:explain",
        P.GATE_DECISION_EXPLAIN,
        "rule",
        _("权限判定说明"),
        _("某人为某目的能看到什么，依据哪条规则。"),
    ),
)


def tasks_for(actor: Actor, purposes: frozenset[str]) -> list[tuple[Task, str]]:
    """What `actor` can start now, with the addresses, a few in all.

    Whoever works with customers all day finds them first, then what belongs to the purposes they work for.
    """
    found = [(task, address) for task in TASKS if actor.may(task.permission) and (address := _address(task))]
    if actor.roles == {Role.CLERK}:
        found[1:] = sorted(found[1:], key=lambda one: not one[0].purposes & purposes)
    return found[:MOST]


def _address(task: Task) -> str | None:
    try:
        return reverse(task.url_name)
    except NoReverseMatch:
        return None
