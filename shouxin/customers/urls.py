"""Addresses of this app's rooms; no address ever holds more of a customer than a random id."""

from django.urls import path, re_path

from shouxin.customers.asking import views as asking
from shouxin.customers.attachments import views as attachments
from shouxin.customers.bulk import views as bulk
from shouxin.customers.cleanup import views as cleanup
from shouxin.customers.collection import plan_views as plans
from shouxin.customers.collection import views as collection
from shouxin.customers.collection_forms import views as forms
from shouxin.customers.dialling import views as dialling
from shouxin.customers.duplicates import views as duplicates
from shouxin.customers.handover import views as handover
from shouxin.customers.informing import views as informing
from shouxin.customers.intake import result_views, run_views
from shouxin.customers.intake import views as intake
from shouxin.customers.leads import views as leads
from shouxin.customers.messages import public_views as messages_public
from shouxin.customers.messages import views as sent
from shouxin.customers.preferences import views as preferences
from shouxin.customers.promises import views as promises
from shouxin.customers.public_forms import views as public_forms
from shouxin.customers.quality import urls as quality
from shouxin.customers.registry import find_views, list_views, views
from shouxin.customers.relationships import views as relations
from shouxin.customers.segments import views as segments
from shouxin.customers.timeline import views as timeline

app_name = "customers"
urlpatterns = [
    path("", list_views.customer_list, name="list"),
    path("select/", list_views.select, name="select"),
    path("bulk/", bulk.mine, name="bulk"),
    path("bulk/new/", bulk.new, name="bulk_new"),
    path("bulk/<uuid:operation_id>/", bulk.one, name="bulk_one"),
    path("bulk/<uuid:operation_id>/failures/", bulk.failures, name="bulk_failures"),
    path("bulk/<uuid:operation_id>/<slug:verb>/", bulk.verb, name="bulk_verb"),
    path("messages/", sent.message_list, name="messages"),
    path("messages/new/", sent.new, name="message_new"),
    path("messages/<uuid:message_id>/", sent.detail, name="message"),
    path("messages/<uuid:message_id>/edit/", sent.edit, name="message_edit"),
    path("messages/<uuid:message_id>/log/", sent.log, name="message_log"),
    path("messages/<uuid:message_id>/proof/", sent.proof, name="message_proof"),
    path("messages/<uuid:message_id>/<slug:verb>/", sent.verb, name="message_verb"),
    path("informing/", informing.overview, name="informing"),
    path("informing/<uuid:version_id>/", informing.detail, name="informing_version"),
    path("informing/<uuid:version_id>/send/", informing.send, name="informing_send"),
    path("<uuid:customer_id>/informing/", informing.counter, name="informing_counter"),
    path("p/<slug:token>/", messages_public.unpersonal, name="unpersonal"),
    path("u/<slug:token>/", messages_public.unsubscribe, name="unsubscribe"),
    path("find/", find_views.find, name="find"),
    path("new/", views.create, name="create"),
    path("<uuid:customer_id>/", views.customer_page, name="page"),
    path("<uuid:customer_id>/edit/", views.edit, name="edit"),
    path("<uuid:customer_id>/assign/", views.assign, name="assign"),
    path("<uuid:customer_id>/history/", views.history, name="history"),
    path("<uuid:customer_id>/records/<uuid:record_id>/edit/", views.edit, name="edit_record"),
    path("<uuid:customer_id>/records/<uuid:record_id>/lines/", views.edit_lines, name="edit_lines"),
    path("<uuid:customer_id>/records/<uuid:record_id>/history/", views.history, name="record_history"),
    path("<uuid:customer_id>/reveal/", views.reveal, name="reveal"),
    path("<uuid:customer_id>/attachments/new/", attachments.upload, name="attach"),
    path("<uuid:customer_id>/attachments/<uuid:attachment_id>/", attachments.detail, name="attachment"),
    path(
        "<uuid:customer_id>/attachments/<uuid:attachment_id>/open/",
        attachments.opened,
        name="attachment_open",
    ),
    path(
        "<uuid:customer_id>/attachments/<uuid:attachment_id>/new/",
        attachments.upload,
        name="attachment_replace",
    ),
    path(
        "<uuid:customer_id>/attachments/<uuid:attachment_id>/remove/",
        attachments.remove,
        name="attachment_remove",
    ),
    path(
        "<uuid:customer_id>/attachments/<uuid:attachment_id>/destroy/",
        attachments.destroy,
        name="attachment_destroy",
    ),
    path("<uuid:customer_id>/contact/", views.open_contact, name="open_contact"),
    path("<uuid:customer_id>/contact/end/", views.close_contact, name="close_contact"),
    re_path(
        r"^(?P<customer_id>[0-9a-f-]{36})/(?P<kind>contact|order|contract|interaction)/new/$",
        views.add_record,
        name="add_record",
    ),
    path("collect/", collection.choose, name="collect"),
    path("collect/<uuid:form_id>/", collection.fill, name="fill"),
    path("collect/drafts/<uuid:draft_id>/discard/", collection.discard, name="fill_discard"),
    path("collection/", plans.plan_list, name="plans"),
    path("collection/new/", plans.plan_new, name="plan_new"),
    path("collection/report/", collection.report, name="collection_report"),
    path("collection/<uuid:plan_id>/", plans.plan_detail, name="plan"),
    path("collection/<uuid:plan_id>/edit/", plans.plan_edit, name="plan_edit"),
    path("collection/<uuid:plan_id>/<slug:verb>/", plans.plan_verb, name="plan_verb"),
    path("leads/", leads.lead_list, name="leads"),
    path("<uuid:customer_id>/lead/", leads.begin, name="lead_begin"),
    path("<uuid:customer_id>/lead/turn/", leads.turn, name="lead_turn"),
    path("public-forms/", public_forms.public_list, name="public_forms"),
    path("public-forms/<uuid:public_id>/", public_forms.public_detail, name="public_form"),
    path("public-forms/<uuid:public_id>/<slug:verb>/", public_forms.public_verb, name="public_verb"),
    path("forms/<uuid:form_id>/public/new/", public_forms.public_new, name="public_new"),
    path("forms/", forms.form_list, name="forms"),
    path("forms/new/", forms.form_new, name="form_new"),
    path("forms/<uuid:version_id>/", forms.form_version, name="form_version"),
    path("forms/<uuid:version_id>/words/", forms.form_words, name="form_words"),
    path("forms/<uuid:version_id>/fields/", forms.form_fields, name="form_fields"),
    path("forms/<uuid:version_id>/fields/<slug:field>/", forms.form_field, name="form_field"),
    path("forms/<uuid:version_id>/fields/<slug:field>/arrange/", forms.form_arrange, name="form_arrange"),
    path("forms/<uuid:version_id>/preview/", forms.form_preview, name="form_preview"),
    path("forms/<uuid:version_id>/table/", forms.form_table, name="form_table"),
    path("forms/<uuid:version_id>/next/", forms.form_next, name="form_next"),
    path("forms/<uuid:version_id>/<slug:verb>/", forms.form_verb, name="form_verb"),
    path("dial/", dialling.dial, name="dial"),
    path("<uuid:customer_id>/dial/", dialling.prepare, name="dial_prepare"),
    path("<uuid:customer_id>/limits/", preferences.limits, name="limits"),
    path("<uuid:customer_id>/consents/", asking.overview, name="consents"),
    path("<uuid:customer_id>/consents/seen/<uuid:decision_id>/", asking.seen, name="consent_seen"),
    path("<uuid:customer_id>/consents/records/", asking.records, name="consent_records"),
    path("<uuid:customer_id>/consents/<slug:purpose>/", asking.ask, name="consent_ask"),
    re_path(
        r"^(?P<customer_id>[0-9a-f-]{36})/consents/(?P<purpose>[-\w]+)/(?P<verb>withdraw|refuse|restrict|allow)/$",
        asking.verb,
        name="consent_verb",
    ),
    path("<uuid:customer_id>/timeline/", timeline.timeline, name="timeline"),
    path("<uuid:customer_id>/reads/", timeline.who_read, name="reads"),
    path("<uuid:customer_id>/note/", timeline.note, name="note"),
    path("<uuid:customer_id>/relations/new/", relations.relate, name="relate"),
    path("<uuid:customer_id>/relations/<uuid:half>/end/", relations.end, name="unrelate"),
    path("segments/", segments.overview, name="segments"),
    path("segments/refresh/", segments.refresh, name="segments_refresh"),
    path("segments/members/", segments.members, name="segment_members"),
    path("<uuid:customer_id>/segment/", segments.objection, name="segment_objection"),
    path("promises/", promises.promise_list, name="promises"),
    path("<uuid:customer_id>/promises/new/", promises.make, name="promise_make"),
    path("<uuid:customer_id>/promises/<uuid:promise_id>/", promises.promise_page, name="promise"),
    path("cleanup/", cleanup.overview, name="cleanup"),
    path("cleanup/run/", cleanup.run, name="cleanup_run"),
    path("cleanup/decide/", cleanup.decide, name="cleanup_decide"),
    path("cleanup/<uuid:item_id>/take-back/", cleanup.take_back, name="cleanup_take_back"),
    path("duplicates/", duplicates.pair_list, name="duplicates"),
    path("duplicates/run/", duplicates.run, name="duplicates_run"),
    path("duplicates/merges/", duplicates.merge_list, name="merges"),
    path("duplicates/merges/<uuid:merge_id>/", duplicates.merge_page, name="merge_page"),
    path("duplicates/merges/<uuid:merge_id>/undo/", duplicates.undo, name="merge_undo"),
    path("duplicates/<uuid:pair_id>/", duplicates.compare, name="duplicate"),
    path("duplicates/<uuid:pair_id>/judge/", duplicates.judge, name="duplicate_judge"),
    path("duplicates/<uuid:pair_id>/merge/", duplicates.merge, name="duplicate_merge"),
    path("handover/", handover.overview, name="handover"),
    path("handover/incoming/", handover.incoming, name="handover_incoming"),
    path("handover/<uuid:staff_id>/", handover.of_leaver, name="handover_of"),
    path("handover/<uuid:staff_id>/take-back/", handover.take_back, name="handover_take_back"),
    path("imports/", intake.batch_list, name="imports"),
    path("imports/new/", intake.upload, name="intake_new"),
    path("imports/<uuid:batch>/", intake.batch, name="import_batch"),
    path("imports/<uuid:batch>/repeated/", intake.repeated, name="import_repeated"),
    path("imports/<uuid:batch>/repeat/", intake.repeat, name="import_repeat"),
    path("imports/<uuid:batch>/sheets/", intake.sheets, name="import_sheets"),
    path("imports/<uuid:batch>/columns/", intake.columns, name="import_columns"),
    path("imports/<uuid:batch>/declaration/", intake.declare, name="import_declare"),
    path("imports/<uuid:batch>/cancel/", intake.cancel, name="import_cancel"),
    path("imports/<uuid:batch>/check/", run_views.check, name="import_check"),
    path("imports/<uuid:batch>/progress/", run_views.progress, name="import_progress"),
    path("imports/<uuid:batch>/preview/", run_views.preview, name="import_preview"),
    path("imports/<uuid:batch>/rows/", run_views.mend, name="import_mend"),
    path("imports/<uuid:batch>/start/", run_views.start, name="import_start"),
    path("imports/<uuid:batch>/continue/", run_views.go_on, name="import_continue"),
    path("imports/<uuid:batch>/pause/", run_views.pause, name="import_pause"),
    path("imports/<uuid:batch>/end/", result_views.end, name="import_end"),
    path("imports/<uuid:batch>/run/", run_views.run, name="import_run"),
    path("imports/<uuid:batch>/result/", result_views.result, name="import_result"),
    path("imports/<uuid:batch>/take-over/", result_views.take_over, name="import_take_over"),
    path("imports/<uuid:batch>/refused/", result_views.download, name="import_refused"),
    path("imports/<uuid:batch>/refused/destroy/", result_views.destroy, name="import_destroy_refused"),
    path("imports/<uuid:batch>/decision/", result_views.decide, name="import_decide"),
    path("imports/<uuid:batch>/report/", result_views.report, name="import_report"),
    *quality.urlpatterns,
]
