from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from shouxin.console import views
from shouxin.console.journal import views as journal
from shouxin.console.site import site

console_patterns: tuple[list[URLPattern | URLResolver], str] = (
    [
        path("", views.workbench, name="workbench"),
        path("menu/", views.menu, name="menu"),
        path("menu/pin/", views.pin, name="pin"),
        path("help/", include("shouxin.console.handbook.urls")),
    ],
    "console",
)
journal_patterns: tuple[list[URLPattern | URLResolver], str] = (
    [
        path("", journal.entries, name="entries"),
        path("checks/", journal.checks, name="checks"),
        path("ledger.pub", journal.key, name="key"),
        path("<uuid:entry_id>/", journal.entry, name="entry"),
        path("<uuid:entry_id>/verify/", journal.verify_entry, name="verify_entry"),
        path("<uuid:entry_id>/proof/", journal.proof, name="proof"),
    ],
    "journal",
)

urlpatterns = [
    path("", include(console_patterns)),
    path("journal/", include(journal_patterns)),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("registers/", site.urls),
]
