"""Addresses of this app's rooms; no address ever holds more of a customer than a random id."""

from django.urls import path, re_path

from shouxin.rights.arranged import views as arranged
from shouxin.rights.cases import round_views, views
from shouxin.rights.feedback import views as feedback
from shouxin.rights.packages import views as packages
from shouxin.rights.satisfaction import views as satisfaction
from shouxin.rights.tracing import views as tracing

app_name = "rights"
VERBS = "take|check|pause|resume|extend|withdraw|merge|answer|approve|send_back|rate|accuse"
urlpatterns = [
    path("", views.case_list, name="cases"),
    path("approve/", round_views.approve_all, name="approve_all"),
    path("approve/<uuid:round_id>/", round_views.one, name="round"),
    path("statistics/", round_views.figures, name="statistics"),
    path("satisfaction/", satisfaction.figures, name="satisfaction"),
    path("feedback/", feedback.item_list, name="feedback"),
    path("feedback/<uuid:item_id>/", feedback.item_page, name="feedback_item"),
    path("feedback/<uuid:item_id>/answer/", feedback.answer, name="feedback_answer"),
    path("feedback/<uuid:item_id>/assign/", feedback.assign, name="feedback_assign"),
    path("new/", views.intake, name="intake"),
    path("customers/<uuid:customer_id>/new/", views.intake, name="intake_of"),
    path("customers/<uuid:customer_id>/story/", tracing.whole, name="story"),
    path("customers/<uuid:customer_id>/story/export/", tracing.export, name="story_export"),
    path("customers/<uuid:customer_id>/arrangement/", arranged.arrange, name="arrange"),
    path("customers/<uuid:customer_id>/match/", views.match, name="match"),
    path("<uuid:case_id>/", views.case_page, name="case"),
    path("<uuid:case_id>/proofs/<uuid:proof_id>/", views.proof, name="proof"),
    path("<uuid:case_id>/letter/", views.letter, name="letter"),
    path("<uuid:case_id>/package/", packages.package, name="package"),
    path("<uuid:case_id>/package/make/", packages.make, name="package_make"),
    path("<uuid:case_id>/package/look/", packages.look, name="package_look"),
    path("<uuid:case_id>/package/freeze/", packages.freeze, name="package_freeze"),
    path("<uuid:case_id>/package/hand-over/", packages.hand_over, name="package_hand"),
    re_path(rf"^(?P<case_id>[0-9a-f-]{{36}})/(?P<verb>{VERBS})/$", views.verb, name="verb"),
]
