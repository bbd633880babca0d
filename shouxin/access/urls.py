"""Addresses of this app's rooms."""

from django.urls import path, re_path

from shouxin.access.clients import views as clients
from shouxin.access.duties_and_rights.urls import urlpatterns as duties_and_rights
from shouxin.access.emergency.urls import urlpatterns as emergency
from shouxin.access.grants import views
from shouxin.access.highrisk.urls import urlpatterns as highrisk
from shouxin.access.ledger.urls import urlpatterns as ledger
from shouxin.access.reviews.urls import urlpatterns as reviews
from shouxin.access.secrets.urls import urlpatterns as secrets
from shouxin.access.sync.urls import urlpatterns as sync
from shouxin.access.webhooks.urls import urlpatterns as webhooks

app_name = "access"
urlpatterns = [
    path("grants/", views.grant_list, name="grants"),
    path("grants/propose/", views.propose, name="propose"),
    path("grants/<uuid:grant_id>/", views.grant_page, name="grant"),
    re_path(
        r"^grants/(?P<grant_id>[0-9a-f-]{36})/(?P<verb>approve|refuse|withdraw|end)/$",
        views.decide,
        name="decide",
    ),
    path("clients/", clients.client_list, name="clients"),
    path("clients/propose/", clients.propose, name="client_propose"),
    path("clients/<uuid:client_id>/", clients.client_page, name="client"),
    re_path(
        r"^clients/(?P<client_id>[0-9a-f-]{36})/(?P<verb>approve|refuse|withdraw|end)/$",
        clients.decide,
        name="client_decide",
    ),
    re_path(
        r"^clients/(?P<client_id>[0-9a-f-]{36})/ask/(?P<kind>rotate|addresses)/$",
        clients.ask,
        name="client_ask",
    ),
    re_path(
        r"^clients/(?P<client_id>[0-9a-f-]{36})/changes/(?P<change_id>[0-9a-f-]{36})/"
        r"(?P<verb>approve|refuse|withdraw)/$",
        clients.decide_change,
        name="client_change",
    ),
    path("clients/<uuid:client_id>/tokens/<uuid:token_id>/end/", clients.end_token, name="client_token_end"),
    *emergency,
    *highrisk,
    *duties_and_rights,
    *ledger,
    *reviews,
    *secrets,
    *sync,
    *webhooks,
]
