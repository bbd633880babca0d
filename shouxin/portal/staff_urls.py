"""Addresses of staff about the customers' portal."""

from django.urls import path, re_path

from shouxin.portal.answers import staff_views as answers
from shouxin.portal.changes import staff_views as changes
from shouxin.portal.correcting import staff_views as correcting
from shouxin.portal.entering import staff_views
from shouxin.portal.published import figure_views as figures
from shouxin.portal.published import staff_views as published
from shouxin.portal.storing import views as storing
from shouxin.portal.surveys import staff_views as surveys
from shouxin.portal.unstated import views as unstated
from shouxin.portal.wishing import staff_views as wishing

app_name = "portal"
urlpatterns = [
    path("wishes/", wishing.proposals, name="wishes"),
    path("corrections/<uuid:case_id>/", correcting.take_over, name="take_over"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.new, name="survey_new"),
    path("surveys/<uuid:survey_id>/", surveys.survey, name="survey"),
    re_path(
        r"^surveys/(?P<survey_id>[0-9a-f-]{36})/(?P<verb>enclose|close)/$", surveys.verb, name="survey_verb"
    ),
    path("changes/<uuid:freeze_id>/settle/", changes.settle, name="settle"),
    path("answers/<uuid:letter_id>/posted/", answers.posted, name="posted"),
    path("stored/", storing.stored, name="stored"),
    path("unstated/", unstated.unstated, name="unstated"),
    path("lists/", published.lists, name="lists"),
    path("figures/", figures.switch, name="figures"),
    path("lists/<slug:kind>/<int:number>/", published.version, name="list_version"),
    path("invite/<uuid:customer_id>/", staff_views.invite, name="invite"),
]
