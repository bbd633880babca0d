"""Where messages keep something sealed: the key of the suppression list, and the files that show offers are real."""

from shouxin.core.text import Text
from shouxin.customers.messages.models import Message, SuppressionKey
from shouxin.customers.messages.services import PROOF
from shouxin.customers.messages.suppressing import USE
from shouxin.kit import sealing

sealing.keep_in(
    "customers_suppression_key",
    "sealed",
    key="customers.suppression",
    name=Text("退订名单的密钥", "The key of the suppression list"),
    use=USE,
    model=SuppressionKey,
)
sealing.keep_in(
    "customers_message",
    "proof",
    key="customers.message.proof",
    name=Text("消息优惠的证明文件", "Files that show offers are real"),
    use=PROOF,
    model=Message,
)
