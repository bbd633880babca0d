"""What reaching customers signs up with others: messages, telling of notices again, leads."""

from shouxin.customers.informing import signing_up as informing
from shouxin.customers.leads import signing_up as leads
from shouxin.customers.messages import signing_up as messages

__all__ = ["informing", "leads", "messages"]
