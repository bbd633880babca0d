"""Addresses of this room, mounted under /access/."""

from django.urls import path, re_path

from shouxin.access.reviews import views

urlpatterns = [
    path("reviews/", views.review_list, name="reviews"),
    path("reviews/open/", views.open_now, name="review_open"),
    path("reviews/<uuid:review_id>/", views.review_page, name="review"),
    path("reviews/<uuid:review_id>/table.csv", views.review_csv, name="review_csv"),
    re_path(
        r"^reviews/lines/(?P<line_id>[0-9a-f-]{36})/(?P<verb>confirm|end)/$",
        views.decide,
        name="review_decide",
    ),
]
