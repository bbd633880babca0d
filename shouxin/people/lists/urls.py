from django.urls import path

from shouxin.people.lists import views

urlpatterns = [
    path("lists/<slug:key>/look/", views.look, name="list_look"),
    path("lists/<slug:key>/filters/", views.save, name="list_save"),
    path("lists/filters/<uuid:saved_id>/", views.saved, name="list_saved"),
]
