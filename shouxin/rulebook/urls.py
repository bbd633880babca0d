"""Addresses of this app's rooms."""

from django.urls import path

from shouxin.rulebook.catalogue import views as catalogue

app_name = "rulebook"
urlpatterns = [
    path("fields/", catalogue.field_list, name="fields"),
    path("fields/new/", catalogue.field_new, name="field_new"),
    path("fields/<slug:key>/", catalogue.field_detail, name="field"),
    path("fields/<slug:key>/<slug:verb>/", catalogue.field_verb, name="field_verb"),
]
