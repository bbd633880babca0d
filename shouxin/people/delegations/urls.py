"""Addresses of this room."""

from django.urls import path

from shouxin.people.delegations import views

urlpatterns = [
    path("people/delegations/", views.delegations, name="delegations"),
    path("people/delegations/<uuid:delegation_id>/", views.delegation, name="delegation"),
    path("people/delegations/<uuid:delegation_id>/end/", views.end, name="delegation_end"),
]
