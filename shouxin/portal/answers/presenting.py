"""On the page of a case: whether the person was told by mail that they were answered."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from shouxin.portal.answers.models import Letter
from shouxin.rights.cases.models import Case


def in_case(_request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    row = Letter.objects.filter(case=case).order_by("-noted_at").first()
    return {"letter": row} if row else None
