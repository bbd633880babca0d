"""Addresses of markings as of high risk and of their alerts."""

from django.urls import path, re_path

from shouxin.access.highrisk import views

urlpatterns = [
    path("risk/", views.risk_list, name="risks"),
    path("risk/alerts/", views.alert_list, name="risk_alerts"),
    path("risk/alerts/<uuid:alert_id>/seen/", views.alert_seen, name="risk_alert_seen"),
    path("risk/customers/<uuid:customer_id>/", views.propose_customer, name="risk_propose_customer"),
    path("risk/fields/<slug:key>/", views.propose_field, name="risk_propose_field"),
    path("risk/<uuid:mark_id>/", views.risk_page, name="risk"),
    re_path(
        r"^risk/(?P<mark_id>[0-9a-f-]{36})/(?P<verb>approve|refuse|withdraw|end|end-approve)/$",
        views.decide,
        name="risk_decide",
    ),
]
