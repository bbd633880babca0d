"""Addresses of the guard, mounted by the app."""

from django.urls import path

from shouxin.people.guarding import views

urlpatterns = [
    path("people/guard/", views.source_list, name="guard_sources"),
    path("people/guard/<uuid:source_id>/release/", views.release, name="guard_release"),
    path("people/security/", views.notice_list, name="guard_notices"),
    path("people/security/seen/", views.see_notices, name="guard_notices_seen"),
    path("people/paused/", views.paused, name="guard_paused"),
]
