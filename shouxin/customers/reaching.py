"""What reaching customers signs up with others: messages, and telling of notices again."""

from shouxin.customers.informing import signing_up as informing
from shouxin.customers.messages import signing_up as messages

__all__ = ["informing", "messages"]
