"""The page behind the link in a message: no log-in, one click, and nothing about anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shouxin.customers.messages import unsubscribing
from shouxin.customers.segments.rules import PERSONAL
from shouxin.kit import clock, sealing


@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token is the proof, and all it can do is leave
@require_http_methods(["GET", "POST"])
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Opened, it asks once, so that a program that follows links ahead leaves for nobody; posted, it is done."""
    if unsubscribing.recipient(token) is None:
        raise Http404
    done, status = False, 200
    if request.method == "POST":
        try:
            done = unsubscribing.unsubscribe(text=token, now=clock.now())
        except sealing.Unavailable:
            status = 503
        else:
            status = 200 if done else 404
    context = {
        "page_title": _("退订"),
        "done": done,
        "failed": status != 200,  # noqa: PLR2004 - as HTTP counts
        "receipt": unsubscribing.receipt(token) if done else "",
    }
    answer = render(request, "messages/unsubscribe.html", context, status=status)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@csrf_exempt  # as above: the token is the proof, and all it can do is switch off
@require_http_methods(["GET", "POST"])
@login_not_required
def unpersonal(request: HttpRequest, token: str) -> HttpResponse:
    """The same offer not picked for anybody, and the switch that ends picking; posted, it is off."""
    message = unsubscribing.plain(token)
    if message is None:
        raise Http404
    done = request.method == "POST" and unsubscribing.switch_off(text=token, now=clock.now())
    receipt = unsubscribing.receipt(token, PERSONAL) if done else ""
    context = {"page_title": _("非个性化内容"), "message": message, "done": done, "receipt": receipt}
    answer = render(request, "messages/unpersonal.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
