"""Sources that are watched, the places an account is known to be used from, and what its owner is told."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from shouxin.kit import ids


class Source(models.Model):
    """An address, an account or everybody together, and how it stands; one row however often it comes."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("猜测密码")
        TOKEN = "token", _("猜测令牌")
        LISTS = "lists", _("大量查阅")
        PORTAL = "portal", _("客户门户的验证码")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    source = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)  # within the window
    total = models.PositiveBigIntegerField(default=0)
    blocks = models.PositiveSmallIntegerField(default=0)
    window_at = models.DateTimeField(null=True)
    # Until then whatever it tries is refused without being looked at.
    until = models.DateTimeField(null=True)
    # Log-ins and owners of programs that it tried.
    accounts = ArrayField(models.UUIDField(), default=list)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    slowed_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "people_guarded_source"
        indexes: ClassVar = [models.Index(fields=["-last_at"], name="guarded_source_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source"], name="guarded_source_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Place(models.Model):
    """A neighbourhood of addresses that a log-in has been used from."""

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="places")
    network = models.CharField(max_length=49)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "people_place"
        constraints: ClassVar = [models.UniqueConstraint(fields=["staff", "network"], name="place_once")]

    def __str__(self) -> str:
        return self.network


class SecurityNotice(models.Model):
    """What the owner of an account is told about it (账号安全提醒)."""

    class Kind(models.TextChoices):
        GUESSED = "guessed", _("有人反复猜测您的登录名的密码，来源已被限制")
        GUESSED_SPREAD = "guessed_spread", _("有人从多个地址猜测您的登录名的密码，陌生来源已被限制")
        NEW_PLACE = "new_place", _("您的登录名从新的地点登录")
        FACTOR_GUESSED = (
            "factor_guessed",
            _("您的二次认证连续输错，已暂时锁定；若不是您本人，密码可能已泄露，请立即修改"),
        )
        PASSKEY_COPIED = "passkey_copied", _("一把通行密钥可能被复制，已拒绝；请移除它并重新设置二次认证")
        TOKEN_GUESSED = "token_guessed", _("有人猜测您负责的接口客户端或外部连接的令牌")
        TOKEN_ELSEWHERE = "token_elsewhere", _("您负责的接口令牌从名单外的地址使用，可能已泄露，请更换令牌")
        LISTS = "lists", _("您的账号短时间内查阅了大量客户，已暂停查阅")
        PUSH_STOPPED = (
            "push_stopped",
            _("接口客户端的推送地址连续失败，已自动停用；接收方恢复后由部门负责人重新启用"),
        )
        MALICIOUS_FILE = (
            "malicious_file",
            _("有人上传的附件被病毒扫描发现恶意内容，已拒收；详情见该客户的时间线"),
        )
        SOURCE_BLOCKED = "source_blocked", _("一个来源已被系统阻止")
        EVERYWHERE = "everywhere", _("全系统的登录或令牌失败次数异常，可能是分散的猜测")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="security_notices")
    kind = models.CharField(max_length=24, choices=Kind)
    address = models.CharField(max_length=64, blank=True)
    about = models.UUIDField(null=True)  # the guarded source, the program or the log-in
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_security_notice"
        indexes: ClassVar = [models.Index(fields=["staff", "-id"], name="security_notice_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
