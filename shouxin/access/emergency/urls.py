"""Addresses of emergency access."""

from django.urls import path

from shouxin.access.emergency import views

urlpatterns = [
    path("emergency/", views.access_list, name="emergencies"),
    path("emergency/open/<uuid:customer_id>/", views.open_access, name="emergency_open"),
    path("emergency/<uuid:access_id>/", views.access_page, name="emergency"),
    path("emergency/<uuid:access_id>/review/", views.review, name="emergency_review"),
    path("emergency/<uuid:access_id>/end/", views.end, name="emergency_end"),
    path("emergency/suspensions/<uuid:suspension_id>/lift/", views.lift, name="emergency_lift"),
]
