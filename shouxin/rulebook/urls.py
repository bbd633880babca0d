"""Addresses of this app's rooms."""

from django.urls import path

from shouxin.rulebook.catalogue import reference_views as reference
from shouxin.rulebook.catalogue import views as catalogue

app_name = "rulebook"
urlpatterns = [
    path("fields/", catalogue.field_list, name="fields"),
    path("fields/new/", catalogue.field_new, name="field_new"),
    path("fields/<slug:key>/", catalogue.field_detail, name="field"),
    path("fields/<slug:key>/<slug:verb>/", catalogue.field_verb, name="field_verb"),
    path("pack/", reference.rule_pack, name="pack"),
    path("pack/load/", reference.load_pack, name="load_pack"),
    path("law/", reference.law_register, name="law"),
    path("bases/", reference.legal_bases, name="bases"),
    path("retention/", reference.retention_rules, name="retention"),
    path("masks/", reference.masking_rules, name="masks"),
]
