"""What the pages of keys are for."""

from django.utils.translation import gettext_lazy as _

from shouxin.kit.help import explain

explain(
    "vault:keys",
    "server",
    _(
        "根密钥是最上面的一把，保管它就保管了全部；纪元密钥是中间的一把，定期更换；存储组是一位客户同一等级、同一期限的一组字段，各有自己的数据密钥；算法套件是所用加密算法的组合。轮换不影响同事工作，可以中断后接着做。把算法标为过时要由另一人确认，之后旧数据在后台重新加密。"
    ),
)
explain("vault:index", "server", _("页面提示建议重建时再重建；重建期间照常查找和录入。"))
