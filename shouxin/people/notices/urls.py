"""Addresses of this room."""

from django.urls import path, re_path

from shouxin.people.notices import channel_views, views

urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/settings/", views.settings, name="notice_settings"),
    re_path(
        r"^notices/settings/(?P<verb>mail|code|robot|test-mail|test-robot|forget-mail|forget-robot)/$",
        views.address,
        name="notice_address",
    ),
    path("notices/channels/", channel_views.channels, name="notice_channels"),
    path("notices/channels/try/", channel_views.try_mail, name="notice_try_mail"),
    path("notices/channels/<uuid:host_id>/end/", channel_views.end_host, name="notice_host_end"),
    path("notices/<uuid:notice_id>/", views.notice_open, name="notice_open"),
    path("notices/<uuid:notice_id>/read/", views.read_one, name="notice_read"),
]
