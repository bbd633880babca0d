"""Pure rules of feedback: by which day it is answered, how long a text may be."""

from datetime import date

from shouxin.core.text import Text
from shouxin.kit.workdays import next_working_day
from shouxin.people.thresholds.rules import Threshold, declare

MOST_TEXT = 2000
DAYS = declare(
    Threshold(
        "feedback-days",
        Text("客户意见多少个工作日内答复", "Feedback of customers is answered within"),
        Text(
            "到期没有答复的，转部门负责人和个人信息保护负责人。",
            "Unanswered after that, it goes to those above.",
        ),
        "working days",
        default=10,
        least=1,
        most=30,
    )
)


def due(filed: date, days: int) -> date:
    """The last of so many working days, the day itself not counted."""
    day = filed
    for _n in range(days):
        day = next_working_day(day)
    return day
