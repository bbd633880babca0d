"""Addresses of the gate's own screen."""

from django.urls import path

from shouxin.gate import views

app_name = "gate"
urlpatterns = [path("explain/", views.explain_view, name="explain")]
