"""The address of the sync log, mounted by the app."""

from django.urls import path

from shouxin.access.sync import views

urlpatterns = [path("sync/", views.sync_log, name="sync")]
