"""Addresses of this room, mounted under /access/."""

from django.urls import path, re_path

from shouxin.access.secrets import views

urlpatterns = [
    path("secrets/", views.register, name="secrets"),
    path("secrets/<uuid:entry_id>/", views.entry_page, name="secret"),
    re_path(
        r"^secrets/(?P<entry_id>[0-9a-f-]{36})/(?P<verb>approve|refuse|end)/$",
        views.decide,
        name="secret_decide",
    ),
]
