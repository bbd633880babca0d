"""Addresses of staff about the customers' portal."""

from django.urls import path

from shouxin.portal.entering import staff_views

app_name = "portal"
urlpatterns = [
    path("invite/<uuid:customer_id>/", staff_views.invite, name="invite"),
]
