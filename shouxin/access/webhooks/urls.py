"""Addresses of webhooks, mounted by the app."""

from django.urls import path, re_path

from shouxin.access.webhooks import views

urlpatterns = [
    path("clients/<uuid:client_id>/webhooks/propose/", views.propose, name="webhook_propose"),
    path("webhooks/", views.endpoint_list, name="webhooks"),
    path("webhooks/deliveries/", views.delivery_list, name="webhook_deliveries"),
    path("webhooks/<uuid:endpoint_id>/", views.endpoint_page, name="webhook"),
    re_path(
        r"^webhooks/(?P<endpoint_id>[0-9a-f-]{36})/"
        r"(?P<verb>approve|refuse|withdraw|end|enable|ping|rotate)/$",
        views.decide,
        name="webhook_decide",
    ),
    path(
        "webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/",
        views.delivery_page,
        name="webhook_delivery",
    ),
    path(
        "webhooks/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/replay/",
        views.replay,
        name="webhook_replay",
    ),
]
