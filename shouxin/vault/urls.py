"""Addresses of the page of keys."""

from django.urls import path, re_path

from shouxin.vault import index_views, views

app_name = "vault"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("index/", index_views.index, name="index"),
    path("index/rebuild/", index_views.rebuild, name="index_rebuild"),
    path("rotate/", views.rotate, name="rotate"),
    path("suites/", views.propose, name="suite_propose"),
    re_path(
        r"^suites/(?P<change_id>[0-9a-f-]{36})/(?P<verb>confirm|refuse)/$", views.decide, name="suite_decide"
    ),
]
