"""Addresses of the customers' portal, all below /my/."""

from django.urls import path

from shouxin.portal.anyone import feedback_views as feedback
from shouxin.portal.anyone import views as anyone
from shouxin.portal.asking import served_views
from shouxin.portal.asking import views as asking
from shouxin.portal.changes import views as changes
from shouxin.portal.choosing import views as choosing
from shouxin.portal.correcting import views as correcting
from shouxin.portal.entering import views as entering
from shouxin.portal.held import story_views
from shouxin.portal.held import views as held
from shouxin.portal.news import views as news
from shouxin.portal.published import figure_views as figures
from shouxin.portal.published import views as published
from shouxin.portal.registering import views as registering
from shouxin.portal.surveys import views as surveys
from shouxin.portal.warding import views as warding
from shouxin.portal.wishing import views as wishing

app_name = "my"
urlpatterns = [
    path("", held.home, name="home"),
    path("reads/", held.reads, name="reads"),
    path("story/", story_views.story, name="story"),
    path("story/export/", story_views.export, name="story_export"),
    path("clear/", held.clear, name="clear"),
    path("clear/ask/", held.ask_clear, name="ask_clear"),
    path("changes/", changes.changes, name="changes"),
    path("changes/freeze/", changes.freeze, name="freeze"),
    path("changes/release/", changes.release, name="release"),
    path("changes/<uuid:entry>/deny/", changes.deny, name="deny"),
    path("sign-ins/<uuid:denied>/deny/", changes.deny_sign_in, name="deny_sign_in"),
    path("not-me/<str:token>/", changes.not_me, name="not_me"),
    path("correct/", correcting.fields, name="corrections"),
    path("correct/<slug:key>/", correcting.field, name="correction"),
    path("choices/", choosing.choices, name="choices"),
    path("choices/records.jsonld", choosing.records, name="records"),
    path("choices/<slug:key>/", choosing.purpose, name="purpose"),
    path("choices/<slug:key>/withdraw/", choosing.withdraw, name="withdraw"),
    path("choices/<slug:key>/refuse/", choosing.refuse, name="refuse"),
    path("choices/<slug:key>/allow/", choosing.allow, name="allow"),
    path("arrangement/", choosing.arrange, name="arrange"),
    path("wards/<uuid:ward_id>/", warding.ward, name="ward"),
    path("wards/<uuid:ward_id>/ask/", warding.ask, name="ward_request"),
    path("wards/<uuid:ward_id>/<slug:key>/", warding.purpose, name="ward_purpose"),
    path("wards/<uuid:ward_id>/<slug:key>/withdraw/", warding.withdraw, name="ward_withdraw"),
    path("seen/<uuid:entry>/", choosing.seen, name="seen"),
    path("receipts/<uuid:entry>/", choosing.receipt, name="receipt"),
    path("receipts/<uuid:entry>/proof/", choosing.proof, name="proof"),
    path("receipts/<uuid:entry>/receipt.jsonld", choosing.receipt_record, name="receipt_record"),
    path("receipts/handed/<str:signed>/", choosing.handed, name="handed"),
    path("receipts/handed/<str:signed>/proof/", choosing.handed_proof, name="handed_proof"),
    path("receipts/key/", choosing.key, name="key"),
    path("receipts/verifier/", choosing.verifier, name="verifier"),
    path("notices/<slug:key>/", news.notice, name="notice"),
    path("news/", news.news, name="news"),
    path("lists/mine/", published.mine, name="lists_mine"),
    path("lists/<slug:kind>/", published.published, name="list"),
    path("lists/<slug:kind>/earlier/", published.earlier, name="list_earlier"),
    path("lists/<slug:kind>/earlier/<int:number>/", published.one_earlier, name="list_version"),
    path("lists/<slug:kind>.<slug:form>", published.published, name="published"),
    path("figures/", figures.figures, name="figures"),
    path("contact/", wishing.wishes, name="wishes"),
    path("contact/later/", wishing.later, name="wishes_later"),
    path("served/", served_views.served, name="served"),
    path("served/done/", served_views.done, name="served_done"),
    path("served/<uuid:contact_id>/", served_views.score, name="score"),
    path("requests/", asking.requests, name="requests"),
    path("requests/<uuid:case_id>/", asking.one, name="request"),
    path("requests/<uuid:case_id>/proof/", asking.hand_in, name="request_proof"),
    path("requests/<uuid:case_id>/package/", asking.take, name="package"),
    path("requests/<uuid:case_id>/take-back/", asking.take_back, name="take_back"),
    path("requests/<uuid:case_id>/rate/", asking.rate, name="rate"),
    path("anyone/", anyone.ask, name="anyone"),
    path("follow/", anyone.follow, name="follow"),
    path("feedback/", feedback.write, name="feedback"),
    path("follow/feedback/", feedback.followed, name="followed_feedback"),
    path("follow/case/", anyone.followed, name="followed"),
    path("follow/proof/", anyone.hand_in, name="follow_proof"),
    path("follow/code/", anyone.ask_code, name="follow_code"),
    path("follow/prove/", anyone.prove, name="follow_prove"),
    path("follow/package/", anyone.fetch, name="follow_package"),
    path("follow/rate/", anyone.rate, name="follow_rate"),
    path("follow/take-back/", anyone.take_back, name="follow_take_back"),
    path("follow/away/", anyone.put_away, name="follow_away"),
    path("f/<slug:code>/", registering.form, name="form"),
    path("f/<slug:code>/done/", registering.done, name="form_done"),
    path("survey/<str:token>/", surveys.answer, name="survey"),
    path("sign-in/", entering.sign_in, name="sign_in"),
    path("code/", entering.code, name="code"),
    path("detail/", entering.detail, name="detail"),
    path("invitation/", entering.invitation, name="invitation"),
    path("session/", entering.session, name="session"),
    path("sign-out/", entering.sign_out, name="sign_out"),
    path("language/", entering.language, name="language"),
]
