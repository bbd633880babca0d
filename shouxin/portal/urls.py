"""Addresses of the customers' portal, all below /my/."""

from django.urls import path

from shouxin.portal.entering import views as entering
from shouxin.portal.held import views as held

app_name = "my"
urlpatterns = [
    path("", held.home, name="home"),
    path("reads/", held.reads, name="reads"),
    path("clear/", held.clear, name="clear"),
    path("clear/ask/", held.ask_clear, name="ask_clear"),
    path("sign-in/", entering.sign_in, name="sign_in"),
    path("code/", entering.code, name="code"),
    path("detail/", entering.detail, name="detail"),
    path("invitation/", entering.invitation, name="invitation"),
    path("sign-out/", entering.sign_out, name="sign_out"),
    path("language/", entering.language, name="language"),
]
