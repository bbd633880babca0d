"""Collecting: plans (收集计划) with their group, period and maximum; what was submitted; drafts; what was refused.

Values lie in the vault like any other; here stand ids, counts and codes. A draft's content is sealed under a key of its
own and forgotten with it.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shouxin.customers.collection_forms.models import CollectionForm, FormVersion
from shouxin.customers.registry.models import Customer, Kind, Method
from shouxin.kit import ids
from shouxin.people.models import Staff


class PlanState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    RUNNING = "running", _("进行中")
    STOPPED = "stopped", _("已停止")


class StopCause(models.TextChoices):
    """Why a plan collects no more."""

    END = "end", _("到期")
    MAXIMUM = "maximum", _("达到人数上限")
    HAND = "hand", _("人工停止")
    NO_FORM = "no_form", _("表单停用")


class Outside(models.TextChoices):
    """What happens to people who do not belong to the group."""

    FLAG = "flag", _("收下并标记")
    REFUSE = "refuse", _("不收")


class CollectionPlan(models.Model):
    """A collection plan: goal, group, forms, period, maximum; it stops by itself."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=PlanState, default=PlanState.DRAFT)
    title = models.CharField(_("名称"), max_length=80)
    goal = models.CharField(_("收集目标"), max_length=400)
    group_text = models.CharField(_("目标人群说明"), max_length=400)
    # The group as columns can tell it; an empty list asks nothing.
    group_kinds = ArrayField(models.CharField(max_length=16, choices=Kind), default=list, blank=True)
    group_segments = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    group_provinces = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    group_departments = ArrayField(models.UUIDField(), default=list, blank=True)
    outside = models.CharField(_("目标人群之外的人"), max_length=8, choices=Outside, default=Outside.FLAG)
    forms = models.ManyToManyField(
        CollectionForm, verbose_name=_("表单"), related_name="plans", db_table="collection_plan_form"
    )
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    maximum = models.PositiveIntegerField(_("人数上限"))
    # Counters; moved only while the row is locked.
    people = models.PositiveIntegerField(default=0)
    outsiders = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64, blank=True)
    drafted_by = models.UUIDField()  # pseudonyms
    drafted_at = models.DateTimeField()
    submitted_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    stopped_by = models.UUIDField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_cause = models.CharField(max_length=12, choices=StopCause, blank=True)
    reason = models.CharField(max_length=400, blank=True)  # of the last return, or of stopping by hand

    class Meta:
        db_table = "collection_plan"
        verbose_name = _("收集计划")
        indexes: ClassVar = [models.Index(fields=["state", "ends_on"], name="plan_by_end")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_known"),
            models.CheckConstraint(condition=Q(outside__in=Outside.values), name="plan_outside_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plan_ends_after_start"),
            models.CheckConstraint(condition=Q(maximum__gte=1), name="plan_has_a_maximum"),
            models.CheckConstraint(condition=Q(people__lte=F("maximum")), name="plan_keeps_its_maximum"),
            models.CheckConstraint(condition=Q(outsiders__lte=F("people")), name="plan_counts_outsiders"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("submitted_by"))),
                name="plan_needs_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "stopped"])
                | Q(approved_by__isnull=False, content_sha256__regex=r"^[0-9a-f]{64}$"),
                name="plan_runs_when_approved",
            ),
            models.CheckConstraint(
                condition=(Q(state="stopped") & ~Q(stop_cause="") & Q(stopped_at__isnull=False))
                | (~Q(state="stopped") & Q(stop_cause="", stopped_at__isnull=True)),
                name="plan_stop_has_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Submission(models.Model):
    """One filled form: whose it is, on which version, for which plan, and whether the person belongs to its group."""

    # The id of the draft it was: whoever sends the same one twice stores it once.
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="submissions")
    plan = models.ForeignKey(CollectionPlan, null=True, on_delete=models.PROTECT, related_name="submissions")
    # A customer that is destroyed takes its lines here along; the journal keeps what happened.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="submissions")
    created = models.BooleanField()  # whether the customer began with it
    inside = models.BooleanField(default=True)
    method = models.CharField(max_length=16, choices=Method)
    notice_version = models.UUIDField()  # which was shown or read out
    paper_on = models.DateField(null=True)
    scan = models.UUIDField(null=True)  # the attachment that shows the paper
    operator = models.UUIDField()  # pseudonym
    at = models.DateTimeField()

    class Meta:
        db_table = "collection_submission"
        indexes: ClassVar = [
            models.Index(fields=["plan", "customer"], name="submission_of_plan"),
            models.Index(fields=["customer", "-at"], name="submission_of_customer"),
            models.Index(fields=["version", "-at"], name="submission_of_version"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(method="paper", paper_on__isnull=False, scan__isnull=False)
                | (~Q(method="paper") & Q(paper_on__isnull=True, scan__isnull=True)),
                name="submission_paper_has_date_and_scan",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class FormDraft(models.Model):
    """A form somebody began to fill: sealed, theirs alone, destroyed when it is submitted, thrown away or too old."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(CollectionPlan, null=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    key_suite = models.SmallIntegerField()
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "collection_draft"
        indexes: ClassVar = [models.Index(fields=["owner", "-saved_at"], name="draft_of_owner")]

    def __str__(self) -> str:
        return str(self.id)


class Door(models.TextChoices):
    """By which way a submission came."""

    STAFF = "staff", _("员工页面")
    API = "api", _("接口客户端")
    PUBLIC = "public", _("公开表单")


class Undeclared(models.Model):
    """How often submissions with fields that the form does not declare were refused, by form, source and day."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    form = models.ForeignKey(CollectionForm, on_delete=models.CASCADE, related_name="undeclared")
    door = models.CharField(max_length=8, choices=Door)
    # Pseudonym of the member of staff or the program; of the public a keyed digest that changes every day.
    source = models.UUIDField()
    network = models.CharField(max_length=8)  # class of the address: own, private or public
    day = models.DateField()
    count = models.PositiveIntegerField()
    fields = models.PositiveIntegerField()  # how many such fields the last one had
    last_at = models.DateTimeField()

    class Meta:
        db_table = "collection_undeclared"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["form", "door", "source", "network", "day"], name="undeclared_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.door} {self.count}"
