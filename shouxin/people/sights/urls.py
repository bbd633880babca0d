"""Addresses of this room."""

from django.urls import path

from shouxin.people.sights import views

urlpatterns = [
    path("people/sights/", views.waiting, name="sights"),
    path("people/staff/<uuid:staff_id>/sight/", views.one_person, name="sight"),
    path("people/sights/<uuid:setting_id>/confirm/", views.confirm, name="sight_confirm"),
]
