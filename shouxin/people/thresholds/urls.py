"""Addresses of this room."""

from django.urls import path, re_path

from shouxin.people.thresholds import views

urlpatterns = [
    path("people/thresholds/", views.overview, name="thresholds"),
    path("people/thresholds/<slug:key>/", views.one, name="threshold"),
    re_path(
        r"^people/thresholds/changes/(?P<change_id>[0-9a-f-]{36})/(?P<verb>confirm|refuse|withdraw)/$",
        views.decide,
        name="threshold_decide",
    ),
]
