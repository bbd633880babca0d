"""Addresses of this room."""

from django.urls import path

from shouxin.people.duties import views

urlpatterns = [
    path("people/duties/", views.duty_list, name="duties"),
    path("people/duties/<uuid:duty_id>/", views.one, name="duty"),
    path("people/duties/of/<uuid:department_id>/", views.appoint, name="duty_appoint"),
    path("people/duties/from/<uuid:staff_id>/", views.succeed, name="duty_succeed"),
    path("people/duties/<uuid:duty_id>/end/", views.end, name="duty_end"),
]
