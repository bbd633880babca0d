"""Addresses of this app: a draft is named by a random id."""

from django.urls import path

from shouxin.drafts import views

app_name = "drafts"
urlpatterns = [
    path("", views.draft_list, name="list"),
    path("keep/<slug:kind>/", views.keep, name="keep"),
    path("<uuid:draft_id>/", views.resume, name="resume"),
    path("<uuid:draft_id>/discard/", views.discard, name="discard"),
]
