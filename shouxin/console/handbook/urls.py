from django.urls import path

from shouxin.console.handbook import views

urlpatterns = [
    path("", views.index, name="help"),
    path("pictures/<str:name>", views.picture, name="help_picture"),
    path("<slug:chapter>/", views.chapter, name="help_chapter"),
]
