"""Addresses of the page of keys."""

from django.urls import path, re_path

from shouxin.vault import views

app_name = "vault"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("rotate/", views.rotate, name="rotate"),
    path("suites/", views.propose, name="suite_propose"),
    re_path(
        r"^suites/(?P<change_id>[0-9a-f-]{36})/(?P<verb>confirm|refuse)/$", views.decide, name="suite_decide"
    ),
]
