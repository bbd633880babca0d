from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from shouxin.console import views
from shouxin.console.site import site

console_patterns = ([path("", views.workbench, name="workbench")], "console")

urlpatterns = [
    path("", include(console_patterns)),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("registers/", site.urls),
]
