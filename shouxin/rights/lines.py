"""How requests read on the workbench: what is asked for, until when."""

from django.urls import reverse

from shouxin.kit.workbench import Line
from shouxin.rights.cases.models import Case
from shouxin.rights.feedback.models import Feedback


def case(row: Case) -> Line:
    return Line(
        f"{row.get_kind_display()} · {row.number}",
        row.handler.display_name if row.handler else "",
        until=row.due_on,
        address=reverse("rights:case", args=[row.id]),
        customer=row.customer_id,
    )


def feedback(row: Feedback) -> Line:
    return Line(
        f"{row.get_category_display()} · {row.number}",
        row.owner.display_name,
        until=row.due_on,
        address=reverse("rights:feedback_item", args=[row.id]),
        customer=row.customer_id,
    )
