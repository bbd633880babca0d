# ruff: noqa: ARG002 - the arguments are those of Django's AdminSite
"""The register site: Unfold's lists for rooms that want them, behind the one sign-in door and with our classes only."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

# Unfold's Alpine build evaluates expressions; only these pages load it.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class RegisterSite(UnfoldAdminSite):  # type: ignore[misc]  # Unfold ships no types
    """No own sign-in, no own password page, no search by address line, no delete-all action."""

    site_header = site_title = _("守信 · 客户信息保护管理系统")
    index_title = _("工作台")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Every page of the site, with the content policy it needs."""
        inner = super().admin_view(view, cacheable)

        def with_policy(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = inner(request, *args, **kwargs)
            response.headers["Content-Security-Policy"] = POLICY
            return response

        return with_policy

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect:
        """The one door is elsewhere."""
        return redirect("people:sign_in")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leaving goes by the same door, by POST."""
        from shouxin.people.views.door import sign_out

        return sign_out(request)  # type: ignore[return-value]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One's own password is changed on the page of the door."""
        return redirect("people:password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Nobody comes by here: the page of the door says so itself."""
        return redirect("people:password")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseRedirect | TemplateResponse:
        """The workbench is the first page."""
        return redirect("console:workbench")

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """A search in the address line would put personal data into logs: there is none."""
        raise Http404


site = RegisterSite()
