"""The demonstration organisation: a seller and lessor of office furniture, with somebody for every role."""

from random import Random

from shouxin.core.policy import Role
from shouxin.operations.demo.shapes import DemoDepartment, DemoStaff

ORGANISATION = "守信办公家具有限公司"
DEPARTMENTS = (
    DemoDepartment("management", "管理层", None, "luowei"),
    DemoDepartment("marketing", "市场部", "management", "tangjing"),
    DemoDepartment("sales", "销售部", "management", "songtao"),
    DemoDepartment("service", "客服部", "management", "xieyun"),
    DemoDepartment("leasing", "租赁部", "management", "hanbing"),
    DemoDepartment("it", "信息技术部", "management", "dengkai"),
    DemoDepartment("compliance", "合规部", "management", "caomin"),
)
_CLERK, _HEAD = (Role.CLERK,), (Role.HEAD,)
_STAFF: tuple[tuple[str, str, str, str, tuple[Role, ...]], ...] = (
    ("luowei", "罗薇", "总经理", "management", _HEAD),
    ("tangjing", "唐静", "市场部经理", "marketing", _HEAD),
    ("songtao", "宋涛", "销售部经理", "sales", _HEAD),
    ("xieyun", "谢芸", "客服部经理", "service", _HEAD),
    ("hanbing", "韩冰", "租赁部经理", "leasing", _HEAD),
    ("dengkai", "邓凯", "信息技术部经理", "it", _HEAD),
    ("caomin", "曹敏", "个人信息保护负责人", "compliance", (Role.OFFICER,)),
    ("pengyu", "彭宇", "系统管理员", "it", (Role.SYSTEM_ADMIN,)),
    ("zengqi", "曾琪", "安全管理员", "it", (Role.SECURITY_ADMIN,)),
    ("xiaolan", "肖岚", "审计管理员", "compliance", (Role.AUDIT_ADMIN,)),
    ("tianlei", "田磊", "合规监督", "compliance", (Role.SUPERVISOR,)),
    ("dongxue", "董雪", "市场专员", "marketing", _CLERK),
    ("yuanfei", "袁飞", "销售顾问", "sales", _CLERK),
    ("panli", "潘丽", "销售顾问", "sales", _CLERK),
    ("jianghao", "蒋浩", "销售顾问", "sales", _CLERK),
    ("caiyan", "蔡妍", "客服专员", "service", _CLERK),
    ("yubo", "余博", "客服专员", "service", _CLERK),
    ("duanrui", "段睿", "租赁经理", "leasing", _CLERK),
    ("weinan", "魏楠", "租赁经理", "leasing", _CLERK),
)
_WORDS = (
    "qingshan", "baiyun", "hongfeng", "lvzhu", "jinsha", "yinhe", "dongfeng", "xiyang", "nanshan", "beichen",
    "chunxiao", "qiushui", "dahai", "xiaoxi", "mingyue", "fanxing",
)  # fmt: skip


def staff(seed: int) -> tuple[DemoStaff, ...]:
    """Everybody who can sign in, each with a password of two words and four digits drawn from the seed."""
    r = Random(f"staff {seed}")  # noqa: S311 - reproducible on purpose; for demonstrations only
    return tuple(
        DemoStaff(
            user, name, title, department, roles, f"{'-'.join(r.sample(_WORDS, 2))}-{r.randrange(10000):04d}"
        )
        for user, name, title, department, roles in _STAFF
    )


def clerks(department: str) -> tuple[str, ...]:
    return tuple(user for user, _, _, where, roles in _STAFF if where == department and Role.CLERK in roles)
