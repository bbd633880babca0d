"""What a message needs to say; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.customers.messages import queries
from shouxin.customers.messages.models import Channel, Kind, Message
from shouxin.customers.messages.services import PROOF_BYTES, Proof, Written
from shouxin.customers.segments.models import Stage

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx"


class MessageForm(forms.Form):
    """A draft may still lack things: what is lacking is said on its page, and stops it there."""

    kind = forms.ChoiceField(
        label=_("种类"),
        choices=Kind.choices,
        help_text=_("商业信息须经本人同意并附证明；法定告知和安全事件告知立即发送，不受时段和联系限制。"),
    )
    channel = forms.ChoiceField(
        label=_("发送方式"),
        choices=Channel.choices,
        help_text=_("电话清单不发送任何内容，列出可以致电的客户，由工作人员在客户档案里拨号不看号。"),
    )
    purpose = forms.ChoiceField(label=pgettext_lazy("label", "处理目的"))
    sender = forms.CharField(label=_("落款"), max_length=60, help_text=_("客户看到由谁发送。"))
    subject = forms.CharField(label=_("标题"), max_length=100)
    body = forms.CharField(
        label=_("正文"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("发给每个人的内容相同，请勿写入某位客户的信息。退订链接会自动附上。"),
    )
    terms = forms.CharField(
        label=_("优惠条件"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("商业信息必填：真实的价格、期限和限制，会随消息发给客户。"),
    )
    personal = forms.CharField(
        label=_("个性化正文"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "可不填。只发给同意个性化推荐、且处在所选关系阶段的客户；其他客户收到上面的正文。两者的优惠条件相同，可以互相看到。"
        ),
    )
    personal_stage = forms.ChoiceField(
        label=_("个性化正文的对象"), required=False, choices=[("", "—"), *Stage.choices]
    )
    proof = forms.FileField(
        label=_("证明文件"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
        help_text=_("商业信息必附：能证明优惠属实的文件，不超过 2 MB。批准人会看到，客户不会收到。"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            (rule.key, rule.name.in_(language)) for rule in queries.purposes(actor)
        ]

    def clean_proof(self) -> Any:
        """Small enough to be kept sealed with the message."""
        given = self.cleaned_data.get("proof")
        if given and given.size > PROOF_BYTES:
            raise forms.ValidationError(_("文件超过 2 MB。请压缩或拆分后再传。"))
        return given

    def written(self) -> Written:
        said = self.cleaned_data
        given = said.get("proof")
        return Written(
            kind=Kind(said["kind"]),
            channel=Channel(said["channel"]),
            purpose=said["purpose"],
            sender=said["sender"],
            subject=said["subject"],
            body=said["body"],
            terms=said["terms"],
            personal=said["personal"],
            personal_stage=said["personal_stage"] if said["personal"].strip() else "",
            proof=Proof(given.name, given.read()) if given else None,
        )


def initial_of(message: Message) -> dict[str, Any]:
    return {
        key: getattr(message, key)
        for key in (
            "kind",
            "channel",
            "purpose",
            "sender",
            "subject",
            "body",
            "terms",
            "personal",
            "personal_stage",
        )
    }
