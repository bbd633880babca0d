"""Addresses of this app's rooms; no address ever holds more of a customer than a random id."""

from django.urls import path, re_path

from shouxin.rights.cases import round_views, views
from shouxin.rights.feedback import views as feedback

app_name = "rights"
VERBS = "take|check|pause|resume|extend|withdraw|merge|answer|approve|send_back|rate"
urlpatterns = [
    path("", views.case_list, name="cases"),
    path("approve/", round_views.approve_all, name="approve_all"),
    path("approve/<uuid:round_id>/", round_views.one, name="round"),
    path("statistics/", round_views.figures, name="statistics"),
    path("feedback/", feedback.item_list, name="feedback"),
    path("feedback/<uuid:item_id>/", feedback.item_page, name="feedback_item"),
    path("feedback/<uuid:item_id>/answer/", feedback.answer, name="feedback_answer"),
    path("feedback/<uuid:item_id>/assign/", feedback.assign, name="feedback_assign"),
    path("new/", views.intake, name="intake"),
    path("customers/<uuid:customer_id>/new/", views.intake, name="intake_of"),
    path("customers/<uuid:customer_id>/match/", views.match, name="match"),
    path("<uuid:case_id>/", views.case_page, name="case"),
    path("<uuid:case_id>/proofs/<uuid:proof_id>/", views.proof, name="proof"),
    path("<uuid:case_id>/letter/", views.letter, name="letter"),
    re_path(rf"^(?P<case_id>[0-9a-f-]{{36}})/(?P<verb>{VERBS})/$", views.verb, name="verb"),
]
