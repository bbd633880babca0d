"""Addresses of this app's rooms."""

from django.urls import path, re_path

from shouxin.access.grants import views

app_name = "access"
urlpatterns = [
    path("grants/", views.grant_list, name="grants"),
    path("grants/propose/", views.propose, name="propose"),
    path("grants/<uuid:grant_id>/", views.grant_page, name="grant"),
    re_path(
        r"^grants/(?P<grant_id>[0-9a-f-]{36})/(?P<verb>approve|refuse|withdraw|end)/$",
        views.decide,
        name="decide",
    ),
]
