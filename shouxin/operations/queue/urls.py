"""Addresses of background work."""

from django.urls import path, re_path

from shouxin.operations.queue import views

app_name = "operations"
urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("<int:number>/", views.job, name="job"),
    re_path(r"^(?P<number>[0-9]{1,18})/(?P<verb>retry|cancel)/$", views.decide, name="job_decide"),
]
