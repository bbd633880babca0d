"""Addresses of this app's rooms."""

from django.urls import path

from shouxin.rulebook.catalogue import reference_views as reference
from shouxin.rulebook.catalogue import views as catalogue
from shouxin.rulebook.policies import views as policies
from shouxin.rulebook.purposes import default_views as defaults
from shouxin.rulebook.purposes import notice_views as notices
from shouxin.rulebook.purposes import outlet_views as outlets
from shouxin.rulebook.purposes import views as purposes
from shouxin.rulebook.recipients import views as recipients
from shouxin.rulebook.regions import views as regions

app_name = "rulebook"
urlpatterns = [
    path("purposes/", purposes.purpose_list, name="purposes"),
    path("purposes/new/", purposes.purpose_new, name="purpose_new"),
    path("purposes/defaults/", defaults.adopt, name="defaults"),
    path("purposes/defaults/approve/", defaults.approve, name="defaults_approve"),
    path("purposes/<slug:key>/", purposes.purpose_detail, name="purpose"),
    path("purposes/<slug:key>/edit/", purposes.purpose_edit, name="purpose_edit"),
    path("purposes/<slug:key>/fields/", purposes.purpose_needs, name="purpose_needs"),
    path("purposes/<slug:key>/fields/<slug:field>/drop/", purposes.drop_need, name="drop_need"),
    path("purposes/<slug:key>/<slug:verb>/", purposes.purpose_verb, name="purpose_verb"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/new/", notices.notice_new, name="notice_new"),
    path("notices/versions/<uuid:version_id>/", notices.notice_version, name="notice_version"),
    path("notices/versions/<uuid:version_id>/approve/", notices.notice_approve, name="notice_approve"),
    path("notices/versions/<uuid:version_id>/discard/", notices.notice_discard, name="notice_discard"),
    path("notices/<slug:key>/next/", notices.notice_next, name="notice_next"),
    path("recipients/", recipients.recipient_list, name="recipients"),
    path("recipients/new/", recipients.recipient_new, name="recipient_new"),
    path("recipients/<uuid:recipient>/", recipients.recipient_detail, name="recipient"),
    path("recipients/<uuid:recipient>/change/", recipients.recipient_change, name="recipient_change"),
    path("recipients/<uuid:recipient>/retire/", recipients.recipient_retire, name="recipient_retire"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/read/", policies.policy_read, name="policy_read"),
    path("policies/coverage/", policies.policy_coverage, name="policy_coverage"),
    path("policies/versions/<uuid:version_id>/", policies.policy_version, name="policy_version"),
    path("policies/versions/<uuid:version_id>/approve/", policies.policy_approve, name="policy_approve"),
    path("policies/versions/<uuid:version_id>/discard/", policies.policy_discard, name="policy_discard"),
    path("policies/<slug:key>/next/", policies.policy_next, name="policy_next"),
    path("fields/", catalogue.field_list, name="fields"),
    path("fields/new/", catalogue.field_new, name="field_new"),
    path("fields/outlets/", outlets.outlet_preview, name="outlets"),
    path("fields/<slug:key>/", catalogue.field_detail, name="field"),
    path("fields/<slug:key>/<slug:verb>/", catalogue.field_verb, name="field_verb"),
    path("regions/", regions.region_list, name="regions"),
    path("regions/new/", regions.region_new, name="region_new"),
    path("regions/versions/<uuid:version_id>/", regions.region_version, name="region_version"),
    path("regions/versions/<uuid:version_id>/approve/", regions.region_approve, name="region_approve"),
    path("regions/versions/<uuid:version_id>/discard/", regions.region_discard, name="region_discard"),
    path("pack/", reference.rule_pack, name="pack"),
    path("pack/load/", reference.load_pack, name="load_pack"),
    path("pack/proofs/<uuid:proof_id>/", reference.pack_proof, name="pack_proof"),
    path("law/", reference.law_register, name="law"),
    path("bases/", reference.legal_bases, name="bases"),
    path("retention/", reference.retention_rules, name="retention"),
    path("masks/", reference.masking_rules, name="masks"),
]
