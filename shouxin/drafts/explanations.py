"""What the page of unfinished forms is for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "drafts:list",
    "customers#没填完的表单",
    _("没写完就离开的表单都在这里，加密存着，只有您看得到。点“接着填”回到原处；提交、丢弃或到期就销毁。"),
)
