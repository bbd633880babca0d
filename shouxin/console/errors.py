"""Error pages: what happened and what to do next, never a path, a value or a trace."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from shouxin.kit.registry import Registry
from shouxin.people.models import Staff

PLAIN = "console/plain.html"


@dataclass(frozen=True, slots=True)
class Answer:
    """The words of one error page."""

    status: int
    title: str
    what: str
    next_step: str


# Doors that are not of staff have error pages of their own, by the beginning of their addresses: (request, status).
elsewhere: Registry[Callable[[HttpRequest, int], HttpResponse]] = Registry("error pages of other doors")


def _elsewhere(request: HttpRequest, status: int) -> HttpResponse | None:
    found = next((prefix for prefix in elsewhere if request.path.startswith(prefix)), None)
    return elsewhere[found](request, status) if found else None


def _page(request: HttpRequest, answer: Answer) -> HttpResponse:
    """Within the frame for somebody signed in, so that they can go on from here."""
    if found := _elsewhere(request, answer.status):
        return found
    inside = isinstance(getattr(request, "user", None), Staff) and hasattr(request, "actor")
    context = {"answer": answer, "base": "console/page.html" if inside else PLAIN}
    return render(request, "console/error.html", context, status=answer.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400."""
    answer = Answer(400, _("请求无法处理"), _("浏览器发来的内容不完整或不合规则。"), _("请返回上一页重试。"))
    return _page(request, answer)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403."""
    answer = Answer(
        403,
        _("您的角色不能打开此页"),
        _("此页需要您的角色没有的权限；没有查看到任何内容。"),
        _(
            "您能打开的页面都在左侧菜单和“全部功能”里。如工作需要此页，请向部门负责人提出，由安全管理员授予角色、负责人确认。"
        ),
    )
    return _page(request, answer)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form whose page was too old, or that another site sent."""
    answer = Answer(
        403,
        _("页面已过期"),
        _("为防止他人代您提交，过期页面上的表单不予处理；内容没有保存。"),
        _("请按浏览器的后退回到填写的页面，复制需要保留的内容，刷新后重新提交。"),
    )
    return _page(request, answer)


def explain_not_allowed(
    handler: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address that only takes forms, opened by itself, says so instead of staying empty."""
    return partial(_with_page, handler)


def _with_page(handler: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    response = handler(request)
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
        return response
    answer = Answer(
        405,
        _("此页不能直接打开"),
        _("它只接收表单：可能是刷新了页面，或登录已过期后回到这里。没有重复提交任何内容。"),
        _("请从工作台重新进入。"),
    )
    page = _page(request, answer)
    page["Allow"] = response.get("Allow", "")
    return page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404; what does not exist and what is not for this person look alike."""
    answer = Answer(
        404,
        _("没有这个页面"),
        _("地址有误，或内容不存在、不在您的范围内。"),
        _("请检查地址，或从工作台重新进入。"),
    )
    return _page(request, answer)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; rendered without the shell, which may be what broke."""
    answer = Answer(
        500,
        _("系统出错"),
        _("操作没有完成，也没有半途保存。错误已记入运行日志。"),
        _("请稍后重试；仍不成功请告知系统管理员发生的时间。"),
    )
    if found := _elsewhere(request, answer.status):
        return found
    return HttpResponse(_plain(request, answer), status=500)


def _plain(request: HttpRequest, answer: Answer) -> str:
    from django.template.loader import render_to_string

    del request  # its user and session may be what broke
    return render_to_string("console/error.html", {"answer": answer, "base": PLAIN})
