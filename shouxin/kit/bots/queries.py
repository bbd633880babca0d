"""What became of what was sent to a public form, in numbers."""

from datetime import date

from django.db.models import Sum

from shouxin.kit.bots.models import BotTally


def tallied(form: str, since: date) -> dict[str, int]:
    """How often each outcome came since a day; `passed` is what was let through to the form."""
    found = BotTally.objects.filter(form=form, day__gte=since).values("outcome").annotate(all=Sum("count"))
    return {row["outcome"]: row["all"] for row in found.order_by("outcome")}
