"""Error pages of the customers' door: in its own frame and words, never a path, a value or a word of the console."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from shouxin.console.errors import elsewhere
from shouxin.portal.entering.doors import PATH

WORDS = {
    HTTPStatus.BAD_REQUEST: (_("没有办成"), _("浏览器发来的内容不完整。请返回上一页再试。")),
    HTTPStatus.FORBIDDEN: (
        _("页面已过期"),
        _("为防止他人冒充您，放得太久的页面不能再提交；没有改动任何内容。请重新打开。"),
    ),
    HTTPStatus.NOT_FOUND: (_("没有这个页面"), _("地址不对，或者不是您的内容。")),
    HTTPStatus.METHOD_NOT_ALLOWED: (_("请从首页重新进入"), _("这个地址不能直接打开。没有重复提交任何内容。")),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _("系统出错"),
        _("没有办成，也没有办一半。请稍后再试；仍然不行，请告诉我们发生的时间。"),
    ),
}


def page(request: HttpRequest, status: int) -> HttpResponse:
    title, what = WORDS.get(HTTPStatus(status), WORDS[HTTPStatus.NOT_FOUND])
    broken = status == HTTPStatus.INTERNAL_SERVER_ERROR  # then nothing is asked of the database
    context = {"error_title": title, "what": what, "broken": broken}
    return render(request, "portal/error.html", context, status=status)


elsewhere.register(PATH, page)
