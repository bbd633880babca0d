"""Pure rules of leads: how long one lives, and whether somebody may be called."""

from datetime import datetime, timedelta

from shouxin.core.text import Text
from shouxin.people.thresholds.rules import Threshold, declare

OPEN, INQUIRY, CONSENT = "open", "inquiry", "consent"
DAYS = declare(
    Threshold(
        "lead-days",
        Text("线索保留多久", "Leads are kept for"),
        Text(
            "从登记起算；到期没有转为客户的，信息自动销毁，不能恢复。",
            "From the day it is noted: what has not become a customer by then is destroyed for good.",
        ),
        "days",
        default=90,
        least=7,
        most=365,
    )
)
ENDING = timedelta(days=7)


def obstacle(
    *, state: str, permission: str, expires_at: datetime, own: bool, agreed: bool, now: datetime
) -> str:
    """Why a lead may not be called or written to (a code), or nothing.

    `own`: the purpose is the one the permission was given for; `agreed`: a consent to the purpose holds now.
    """
    if state != OPEN:
        return ""
    if now >= expires_at:
        return "lead.expired"
    if agreed or (permission == INQUIRY and own):
        return ""
    return "lead.no-permission"
