"""Addresses of this room."""

from django.urls import path

from shouxin.customers.quality import code_views, figure_views, review_views, supply_views, views

urlpatterns = [
    path("quality/", figure_views.overview, name="figures"),
    path("quality/count/", figure_views.count_again, name="count_again"),
    path("quality/reads/", figure_views.reads, name="open_reads"),
    path("quality/<slug:what>/", figure_views.lowering, name="lowering"),
    path("supplies/", supply_views.contracts, name="supplies"),
    path("supplies/<uuid:contract_id>/", supply_views.contract, name="supply"),
    path("supplies/<uuid:contract_id>/end/", supply_views.end, name="supply_end"),
    path("supplies/<uuid:contract_id>/remove/", supply_views.remove, name="supply_remove"),
    path("outside/", review_views.waiting, name="outside"),
    path("outside/<uuid:offer_id>/", review_views.decide, name="outside_one"),
    path("refresh/", views.refresh, name="refresh"),
    path("refresh/chosen/", views.refresh_many, name="refresh_many"),
    path("<uuid:customer_id>/verify/", views.verify, name="verify"),
    path("<uuid:customer_id>/code/<uuid:record_id>/<slug:field>/", code_views.read_back, name="read_code"),
    path("<uuid:customer_id>/code/<uuid:record_id>/<slug:field>/send/", code_views.send, name="send_code"),
]
