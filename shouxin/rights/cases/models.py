"""Requests of individuals, complaints and inquiries (个人行权): who asks for what, where it stands, by which day.

What the person wrote and what they are answered lie sealed under a key of the case; here stand only codes and days.
Which state may follow which, and that nothing is granted to whoever was not identified, the database holds as well.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.kit import ids
from shouxin.people.models import Department, Staff


class Kind(models.TextChoices):
    KNOW = "know", _("知情")
    ACCESS = "access", _("查阅")
    COPY = "copy", _("复制")
    PORT = "port", _("转移（可携带）")
    CORRECT = "correct", _("更正")
    SUPPLEMENT = "supplement", _("补充")
    DELETE = "delete", _("删除")
    RESTRICT = "restrict", _("限制处理")
    WITHDRAW = "withdraw", pgettext_lazy("request", "撤回同意")
    OBJECT = "object", pgettext_lazy("request", "拒绝处理")
    EXPLAIN_RULES = "explain_rules", _("解释处理规则")
    EXPLAIN_DECISION = "explain_decision", _("说明自动化决策")
    HUMAN_REVIEW = "human_review", _("要求人工复核")
    CANCEL = "cancel", _("注销账户")
    DECEASED = "deceased", _("死者近亲属行权")
    COMPLAINT = "complaint", _("投诉")
    INQUIRY = "inquiry", _("监管部门查询")


class Wish(models.TextChoices):
    """What a close relative of the deceased may ask for (PIPL 49); each is a kind of request by itself."""

    ACCESS = Kind.ACCESS.value, _("查阅")
    COPY = Kind.COPY.value, _("复制")
    CORRECT = Kind.CORRECT.value, _("更正")
    DELETE = Kind.DELETE.value, _("删除")


class Channel(models.TextChoices):
    COUNTER = "counter", _("柜台")
    PHONE = "phone", _("电话")
    MAIL = "mail", _("信函或邮件")
    PORTAL = "portal", _("客户门户")
    PUBLIC = "public", _("公开页面")
    API = "api", _("接口")


class Requester(models.TextChoices):
    """Who asks."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人")
    AGENT = "agent", _("代理人")
    RELATIVE = "relative", _("死者近亲属")
    AUTHORITY = "authority", _("监管部门")


class State(models.TextChoices):
    RECEIVED = "received", _("待受理")
    IDENTITY = "identity", _("身份核验")
    HANDLING = "handling", pgettext_lazy("request", "办理")
    DECIDING = "deciding", _("待审批")
    WATCHING = "watching", _("等待删除")
    ANSWERED = "answered", _("已答复")
    WITHDRAWN = "withdrawn", _("申请人撤回")
    DUPLICATE = "duplicate", _("重复，并入前一件")


class Outcome(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("request", "同意")
    PARTLY = "partly", _("部分同意")
    REFUSED = "refused", pgettext_lazy("request", "不同意")


class Pause(models.TextChoices):
    """Why the clock stands still. The person reads it, so it never is that an authority looks into them: an inquiry
    stops no request, and what it holds back is held by itself.
    """

    PROOF = "proof", _("等申请人补交身份证明")
    CLARIFY = "clarify", _("等申请人说明要求")
    DISPUTE = "dispute", _("争议或诉讼期间")


CLOSED = (State.ANSWERED.value, State.WITHDRAWN.value, State.DUPLICATE.value)
OPEN = tuple(state for state in State.values if state not in CLOSED)
UNANSWERED = tuple(
    state for state in OPEN if state != State.WATCHING
)  # that has its answer, and waits to be deleted
# Of these each one is about something else; of every other kind one open case of a customer is enough.
EACH_ITS_OWN = (
    Kind.CORRECT.value, Kind.SUPPLEMENT.value, Kind.COMPLAINT.value, Kind.INQUIRY.value,
    Kind.WITHDRAW.value, Kind.RESTRICT.value, Kind.OBJECT.value, Kind.DECEASED.value,
)  # fmt: skip


class Case(models.Model):
    """One request. `words` (what was asked, by whom), `answer` and `remark` are sealed under the case's own key."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    number = models.CharField(max_length=20, unique=True)
    code_digest = models.BinaryField()  # of the code by which the person follows the case without an account
    customer_id = models.UUIDField(null=True)  # None until somebody found out whom it is about
    recogniser = models.BinaryField(null=True)  # keyed digest of kind and contact, for what names no customer
    kind = models.CharField(max_length=20, choices=Kind)
    wish = models.CharField(max_length=10, choices=Wish, blank=True)  # of a relative of the deceased
    channel = models.CharField(max_length=10, choices=Channel)
    requester = models.CharField(max_length=10, choices=Requester, default=Requester.SELF)
    representative = models.UUIDField(null=True)  # customer: the guardian who asks at their own door
    jurisdiction = models.CharField(max_length=8, default="CN")
    minor = models.BooleanField(default=False)  # under 14
    grade = models.PositiveSmallIntegerField(default=0)  # the highest of what is asked for
    level = models.PositiveSmallIntegerField(default=0)  # of identity that is needed
    fields = ArrayField(models.CharField(max_length=64), default=list)
    purposes = ArrayField(models.CharField(max_length=64), default=list)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    accused = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    accused_named = models.BooleanField(default=False)  # said by somebody, also that it is none of them
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    filed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    handler = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()  # by which we want to have answered
    stop_on = models.DateField()  # by which we must have
    paused_at = models.DateTimeField(null=True)
    pause = models.CharField(max_length=10, choices=Pause, blank=True)
    extended_at = models.DateTimeField(null=True)
    extension = models.CharField(max_length=12, blank=True)  # why it takes longer
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=24, blank=True)  # why it is not, or not wholly, granted
    proposed_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    # Where whoever answered worked then: what a score is counted for, whoever looks at it again after.
    answered_in = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When it was answered first, and the last day that stood then: opening it again moves the days.
    first_answered_at = models.DateTimeField(null=True)
    first_stop_on = models.DateField(null=True)
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    conditions = ArrayField(models.CharField(max_length=16), default=list)  # of a transfer, which are met
    stated = models.BooleanField(default=False)  # corrected elsewhere than in the file, as the answer says
    escalated = models.BooleanField(default=False)  # the supervisor's: the person was not satisfied
    score = models.PositiveSmallIntegerField(null=True)
    rated_at = models.DateTimeField(null=True)
    # Who took the score down for the person; None where they said it themselves, at their door or by their code.
    rated_by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.BinaryField(null=True)  # what the person said with the score, sealed
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    words = models.BinaryField()
    answer = models.BinaryField(null=True)

    class Meta:
        db_table = "rights_case"
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], name="rights_case_due", condition=Q(state__in=OPEN)),
            models.Index(
                fields=["department", "due_on", "id"], name="rights_case_of_dept", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["handler", "due_on", "id"], name="rights_case_of_handler", condition=Q(state__in=OPEN)
            ),
            models.Index(fields=["-filed_at", "-id"], name="rights_case_newest"),
            models.Index(fields=["customer_id", "-filed_at"], name="rights_case_of_customer"),
            models.Index(
                fields=["recogniser"], name="rights_case_alike", condition=Q(recogniser__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="rights_case_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="rights_case_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="deceased", wish__in=Wish.values) | (~Q(kind="deceased") & Q(wish="")),
                name="rights_case_relative_says_what",
            ),
            models.CheckConstraint(
                condition=Q(stated=False) | Q(kind__in=["correct", "supplement"]) | Q(wish="correct"),
                name="rights_case_stated_of_corrections",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(closed_at__isnull=True)),
                name="rights_case_closed_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "refused"]) | Q(level=0) | Q(verified_at__isnull=False),
                name="rights_case_granted_to_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "watching", "deciding"]) | ~Q(outcome=""),
                name="rights_case_answer_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["refused", "partly"]) | ~Q(reason=""),
                name="rights_case_refusal_says_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="rights_case_decided_by_other",
            ),
            models.CheckConstraint(
                condition=(Q(state="duplicate") & Q(duplicate_of__isnull=False))
                | (~Q(state="duplicate") & Q(duplicate_of__isnull=True)),
                name="rights_case_duplicate_of_one",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, pause="")
                | (Q(paused_at__isnull=False, state__in=OPEN) & ~Q(pause="")),
                name="rights_case_pause_says_why",
            ),
            models.CheckConstraint(condition=Q(stop_on__gte=F("due_on")), name="rights_case_stop_last"),
            models.CheckConstraint(
                condition=Q(extension="") | Q(extended_at__isnull=False), name="rights_case_extension_of_one"
            ),
            models.CheckConstraint(
                condition=Q(first_answered_at__isnull=True, first_stop_on__isnull=True)
                | Q(first_answered_at__isnull=False, first_stop_on__isnull=False),
                name="rights_case_first_answer",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5), name="rights_case_score"
            ),
            models.CheckConstraint(
                condition=Q(accused__isnull=True) | Q(accused_named=True, kind="complaint"),
                name="rights_case_accused_is_named",
            ),
            models.CheckConstraint(
                condition=Q(rated_by__isnull=True) | Q(score__isnull=False),
                name="rights_case_rated_by_with_score",
            ),
            models.CheckConstraint(
                condition=Q(remark__isnull=True) | Q(score__isnull=False),
                name="rights_case_remark_with_score",
            ),
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                condition=Q(state__in=OPEN, fields=[], escalated=False) & ~Q(kind__in=EACH_ITS_OWN),
                name="rights_case_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def act(self) -> Kind:
        """What is asked for: by a relative of the deceased what they wish, else the kind itself."""
        return Kind(self.wish or self.kind)


class Check(models.Model):
    """One way in which it was checked who asks; never what the proof said."""

    class Method(models.TextChoices):
        CALLBACK = "callback", _("回拨档案中的号码")
        PORTAL = "portal", _("门户登录（一次性验证码）")
        PORTAL_TWICE = "portal_twice", _("门户登录并二次认证")
        LINK = "link", _("变更通知中的一次性链接")
        DOCUMENT = "document", _("核对身份证件")
        IN_PERSON = "in_person", _("当面核对本人与证件")
        MANDATE = "mandate", _("授权委托书")
        GUARDIANSHIP = "guardianship", _("监护关系证明")
        DEATH = "death", _("死亡证明")
        KINSHIP = "kinship", _("亲属关系证明")
        OFFICIAL = "official", _("公函与执法证件")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="checks")
    customer_id = models.UUIDField(null=True)
    method = models.CharField(max_length=14, choices=Method)
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "rights_check"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "method"], name="rights_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.method}"


class Deed(models.Model):
    """What was done for the person, or what goes on and why: one purpose, one group of what is kept about them, or one
    field they named."""

    class What(models.TextChoices):
        WITHDRAWN = "withdrawn", _("同意已撤回")
        STOPPED = "stopped", _("已停止处理")
        NOTHING = "nothing", _("没有可以停止的处理")
        GOES_ON = "goes_on", _("依法继续处理")
        SEALED_UP = "sealed_up", _("已封存")
        HELD = "held", _("调查期间封存")
        WAITING = "waiting", _("已停止使用，待删除")
        PENDING = "pending", _("待删除")  # single values: nothing beside them is closed meanwhile
        ERASED = "erased", _("已删除")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="deeds")
    customer_id = models.UUIDField()
    what = models.CharField(max_length=10, choices=What)
    purpose = models.CharField(max_length=64, blank=True)
    storage_group = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=64, blank=True)
    article = models.CharField(max_length=200, blank=True)
    # None: for good, until the inquiry is over, or not known yet where `begins` says from what it counts.
    until = models.DateField(null=True)
    begins = models.CharField(max_length=60, blank=True, default="")  # by the code of the rule pack
    lasts = models.CharField(max_length=20, blank=True, default="")  # number and unit: 10 year
    at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rights_deed"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "customer_id", "purpose", "storage_group", "field"], name="rights_deed_once"
            ),
            models.CheckConstraint(
                condition=Q(purpose="", field="") & ~Q(storage_group="")
                | Q(storage_group="", field="") & ~Q(purpose="")
                | Q(purpose="", storage_group="") & ~Q(field=""),
                name="rights_deed_about_one",
            ),
            models.CheckConstraint(
                condition=Q(what__in=["withdrawn", "stopped", "nothing"]) | ~Q(article=""),
                name="rights_deed_names_its_law",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True) | Q(purpose=""), name="rights_deed_destroyed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"


class Proof(models.Model):
    """A copy of what showed who asks or for whom; sealed, and gone with the end of the case."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proofs")
    customer_id = models.UUIDField(null=True)
    media = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    by = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "rights_proof"

    def __str__(self) -> str:
        return f"{self.case_id} {self.media}"


class Round(models.Model):
    """Many answers approved at once by one person; which they were, and what they said, stands still from then on."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    total = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rights_round"
        indexes: ClassVar = [models.Index(fields=["staff", "-asked_at"], name="rights_round_of")]

    def __str__(self) -> str:
        return f"{self.total} {self.asked_at}"


class RoundItem(models.Model):
    """One answer of a round; `seen` is the digest of what the approver was shown."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        DONE = "done", _("已批准")
        FAILED = "failed", _("未批准")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    seen = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "rights_round_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "case"], name="rights_round_item_once"),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(problem="")) | (~Q(state="failed") & Q(problem="")),
                name="rights_round_item_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
