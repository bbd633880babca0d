from django.urls import path

from shouxin.operations.server import status, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("system/", status.system, name="system"),
]
