"""Addresses of this room, mounted under /access/."""

from django.urls import path

from shouxin.access.duties_and_rights import views

urlpatterns = [
    path("duties/", views.table, name="duties_table"),
    path("duties/table.csv", views.table_csv, name="duties_csv"),
    path("scope/", views.scope_report, name="scope_report"),
]
