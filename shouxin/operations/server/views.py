"""Two answers for whoever watches the server; both open to everybody and without any detail of customers."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from shouxin.operations.server import readiness


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the product can be used, 503 with the reasons otherwise."""
    wrong = readiness.obstacles()
    reasons = [{"code": code, "zh": text.zh, "en": text.en} for code, text in wrong]
    return JsonResponse(
        {"status": "unavailable" if wrong else "ready", "reasons": reasons},
        status=503 if wrong else 200,
        json_dumps_params={"ensure_ascii": False},
    )
