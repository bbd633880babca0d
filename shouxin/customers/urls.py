"""Addresses of this app's rooms; no address ever holds more of a customer than a random id."""

from django.urls import path, re_path

from shouxin.customers.registry import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("find/", views.find, name="find"),
    path("new/", views.create, name="create"),
    path("<uuid:customer_id>/", views.customer_page, name="page"),
    path("<uuid:customer_id>/edit/", views.edit, name="edit"),
    path("<uuid:customer_id>/assign/", views.assign, name="assign"),
    path("<uuid:customer_id>/history/", views.history, name="history"),
    path("<uuid:customer_id>/reveal/", views.reveal, name="reveal"),
    path("<uuid:customer_id>/contact/", views.open_contact, name="open_contact"),
    path("<uuid:customer_id>/contact/end/", views.close_contact, name="close_contact"),
    re_path(
        r"^(?P<customer_id>[0-9a-f-]{36})/(?P<kind>contact|order|contract|interaction)/new/$",
        views.add_record,
        name="add_record",
    ),
]
