"""Addresses of this room."""

from django.urls import path

from shouxin.customers.quality import views

urlpatterns = [
    path("refresh/", views.refresh, name="refresh"),
    path("refresh/chosen/", views.refresh_many, name="refresh_many"),
    path("<uuid:customer_id>/verify/", views.verify, name="verify"),
]
