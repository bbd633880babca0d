"""Addresses of the screen."""

from django.urls import path

from shouxin.access.ledger import views

urlpatterns = [
    path("ledger/", views.tokens, name="ledger_tokens"),
    path("ledger/<uuid:token_id>/end/", views.end, name="ledger_token_end"),
]
