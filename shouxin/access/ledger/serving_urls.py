"""Addresses of the ledger for programs, mounted at /ledger/ as C2SP tlog-tiles lays them out."""

from django.urls import path, re_path

from shouxin.access.ledger import views

app_name = "ledger"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    re_path(
        r"^tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
        r"(?:\.p/(?P<width>[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?$",  # a whole one has none
        views.tile,
        name="tile",
    ),
    re_path("", views.nowhere, name="nowhere"),
]
