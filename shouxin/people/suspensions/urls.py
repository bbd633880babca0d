"""Addresses of this room."""

from django.urls import path

from shouxin.people.suspensions import views

urlpatterns = [
    path("people/staff/<uuid:staff_id>/suspend/", views.suspend, name="staff_suspend"),
    path("people/staff/<uuid:staff_id>/resume/", views.resume, name="staff_resume"),
]
