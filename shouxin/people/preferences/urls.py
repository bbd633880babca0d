"""Addresses of this room."""

from django.urls import path

from shouxin.people.preferences import views

urlpatterns = [path("preferences/", views.display, name="display")]
