"""Copies of proofs on their way in: held in memory alone, and turned away unread when they are too long."""

from functools import update_wrapper
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from shouxin.customers.attachments import uploading
from shouxin.rights.cases.proving import LARGEST

REST = 64 * 1024  # of the form beside the file


def in_memory(view: Any) -> Any:
    """For views whose form may carry one file."""

    @csrf_exempt  # checked inside, where the form may be read
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            if uploading.announced(request) > LARGEST + REST:
                what = _("文件不能超过 5 MB；没有保存任何内容。请返回上一页，换一个小一些的文件。")
                context = {"error_title": _("文件太大"), "what": what}
                return render(request, "portal/error.html", context, status=413)
            request.upload_handlers = [uploading.InMemory(request, LARGEST)]
        answer: HttpResponseBase = csrf_protect(view)(request, *args, **kwargs)
        return answer

    update_wrapper(guarded, view)
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def content_of(request: HttpRequest, field: str) -> bytes | None:
    """What was sent in `field`; None for nothing, empty for what was dropped as too long."""
    sent: Any = request.FILES.get(field)
    if sent is not None:
        return bytes(sent.read())
    dropped = any(getattr(one, "dropped", 0) for one in request.upload_handlers)
    return b"" if dropped else None
