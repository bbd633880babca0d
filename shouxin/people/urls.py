from django.urls import path, re_path

from shouxin.people.connections import views as connections
from shouxin.people.delegations.urls import urlpatterns as delegations
from shouxin.people.directory import views as directory
from shouxin.people.duties.urls import urlpatterns as duties
from shouxin.people.federation import views as federation
from shouxin.people.guarding.urls import urlpatterns as guarding
from shouxin.people.joining import views as joining
from shouxin.people.leaving import views as leaving
from shouxin.people.lists.urls import urlpatterns as lists
from shouxin.people.notices.urls import urlpatterns as notices
from shouxin.people.preferences.urls import urlpatterns as preferences
from shouxin.people.scim import views as scim
from shouxin.people.second_factor import views as factor
from shouxin.people.sights.urls import urlpatterns as sights
from shouxin.people.suspensions.urls import urlpatterns as suspensions
from shouxin.people.thresholds.urls import urlpatterns as thresholds
from shouxin.people.views import alive, door, register

app_name = "people"

urlpatterns = [
    path("sign-in/", door.SignIn.as_view(), name="sign_in"),
    path("sign-in/second-step/", factor.SecondStep.as_view(), name="second_step"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("password/", door.Password.as_view(), name="password"),
    path("second-factor/", factor.mine, name="factor_mine"),
    path("second-factor/app/", factor.SetUpTotp.as_view(), name="factor_totp"),
    path("second-factor/passkey/", factor.AddPasskey.as_view(), name="factor_passkey"),
    path("second-factor/codes/", factor.renew_codes, name="factor_codes"),
    path("second-factor/<int:factor>/remove/", factor.remove, name="factor_remove"),
    path("setup/", door.SetUp.as_view(), name="set_up"),
    path("purpose/", door.purpose, name="purpose"),
    path("session/", alive.session, name="session"),
    path("session/back/", alive.back, name="back"),
    path("people/staff/", register.staff_list, name="staff"),
    path("people/staff/new/", register.staff_new, name="staff_new"),
    path("people/staff/<uuid:staff_id>/", register.staff_detail, name="staff_detail"),
    path("people/staff/<uuid:staff_id>/move/", register.staff_move, name="staff_move"),
    path("people/staff/<uuid:staff_id>/end/", register.staff_end, name="staff_end"),
    path("people/staff/<uuid:staff_id>/rejoin/", register.staff_rejoin, name="staff_rejoin"),
    path("people/staff/<uuid:staff_id>/reset/", register.staff_reset, name="staff_reset"),
    path("people/staff/<uuid:staff_id>/roles/", register.role_grant, name="role_grant"),
    path("people/roles/<uuid:assignment_id>/confirm/", register.role_confirm, name="role_confirm"),
    path("people/roles/<uuid:assignment_id>/end/", register.role_end, name="role_end"),
    path("people/staff/<uuid:staff_id>/second-factor/", factor.ask_reset, name="factor_ask_reset"),
    path("people/second-factor/", factor.demands, name="factor_demands"),
    path("people/second-factor/resets/", factor.resets, name="factor_resets"),
    path("people/second-factor/resets/<uuid:reset_id>/", factor.reset, name="factor_reset"),
    re_path(
        r"^people/second-factor/resets/(?P<reset_id>[0-9a-f-]{36})/(?P<verb>confirm|refuse)/$",
        factor.decide_reset,
        name="factor_decide_reset",
    ),
    path("people/join/", joining.upload, name="join"),
    path("people/join/template/", joining.template, name="join_template"),
    path("people/join/marked/", joining.marked, name="join_marked"),
    path("people/join/create/", joining.create, name="join_create"),
    path("people/roles/proposed/", joining.proposed, name="roles_proposed"),
    path("people/roles/waiting/", joining.waiting, name="roles_waiting"),
    path("people/staff/<uuid:staff_id>/departure/", leaving.announce, name="departure_announce"),
    path("people/staff/<uuid:staff_id>/report/", leaving.departure_report, name="departure_report"),
    path("people/departures/", leaving.departure_list, name="departures"),
    path("people/departures/<uuid:departure_id>/withdraw/", leaving.withdraw, name="departure_withdraw"),
    path("people/departments/", register.departments, name="departments"),
    path("people/departments/new/", register.department_new, name="department_new"),
    path("people/departments/<uuid:department_id>/", register.department_change, name="department_change"),
    *delegations,
    *duties,
    *guarding,
    path("people/connections/", connections.connection_list, name="connections"),
    path("people/connections/new/<str:kind>/", connections.draft, name="connection_draft"),
    path("people/connections/<uuid:connection_id>/", connections.connection_page, name="connection"),
    path("people/connections/<uuid:connection_id>/change/", connections.change, name="connection_change"),
    re_path(
        r"^people/connections/(?P<connection_id>[0-9a-f-]{36})/(?P<verb>confirm|refuse|renew|end)/$",
        connections.decide,
        name="connection_decide",
    ),
    path("sign-in/by/<uuid:connection_id>/", federation.begin, name="federation_begin"),
    path("sign-in/by/<uuid:connection_id>/back/", federation.back, name="federation_back"),
    path("links/", federation.links, name="links"),
    path("links/<uuid:connection_id>/link/", federation.link, name="link"),
    path("links/<uuid:identity_id>/unlink/", federation.unlink, name="unlink"),
    path("people/staff/<uuid:staff_id>/links/", federation.staff_links, name="staff_links"),
    path("people/staff/<uuid:staff_id>/links/new/", federation.staff_link, name="staff_link"),
    path("people/staff/<uuid:staff_id>/links/bind/", federation.bind, name="bind"),
    path(
        "people/staff/<uuid:staff_id>/links/<uuid:identity_id>/confirm/",
        federation.confirm_link,
        name="confirm_link",
    ),
    path("people/connections/<uuid:connection_id>/take-in/", directory.take_in, name="ldap_take_in"),
    path(
        "people/connections/<uuid:connection_id>/synchronise/",
        directory.synchronise,
        name="ldap_synchronise",
    ),
    path("people/ldap-groups/<uuid:group_id>/department/", directory.place, name="ldap_place"),
    path("people/ldap-groups/<uuid:group_id>/role/", directory.propose, name="ldap_propose"),
    path("people/connections/<uuid:connection_id>/adopt/", scim.adopt, name="scim_adopt"),
    path("people/groups/<uuid:group_id>/department/", scim.place, name="scim_place"),
    path("people/groups/<uuid:group_id>/role/", scim.propose, name="scim_propose"),
    *preferences,
    *notices,
    *lists,
    *sights,
    *suspensions,
    *thresholds,
]
