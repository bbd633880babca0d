from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "shouxin.people"
    label = "people"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign up events, menu entries, cards, and the start of every session's clock."""
        from django.contrib.auth.models import update_last_login
        from django.contrib.auth.signals import user_logged_in, user_login_failed

        from shouxin.people import bench, doors, events, explanations, menu  # noqa: F401 - importing signs them up
        from shouxin.people.connections import events as _connections  # noqa: F401
        from shouxin.people.connections import secrets as _connection_secrets  # noqa: F401
        from shouxin.people.delegations import events as delegation_events  # noqa: F401 - likewise
        from shouxin.people.directory import events as _directory  # noqa: F401
        from shouxin.people.directory import kind as _ldap  # noqa: F401
        from shouxin.people.directory import passwords as _passwords  # noqa: F401
        from shouxin.people.duties import events as duty_events  # noqa: F401 - likewise
        from shouxin.people.duties import ties as duty_ties  # noqa: F401 - likewise
        from shouxin.people.federation import events as _federation  # noqa: F401
        from shouxin.people.federation import kind as _sign_in  # noqa: F401
        from shouxin.people.guarding import events as guard_events  # noqa: F401 - likewise
        from shouxin.people.guarding import views as guard
        from shouxin.people.guarding import watching
        from shouxin.people.joining import events as joining  # noqa: F401 - likewise
        from shouxin.people.joining import menu as joining_menu  # noqa: F401 - likewise
        from shouxin.people.leaving import events as departures  # noqa: F401 - likewise
        from shouxin.people.leaving import menu as departures_menu  # noqa: F401 - likewise
        from shouxin.people.lists import secrets as _list_secrets  # noqa: F401
        from shouxin.people.notices import events as _notices  # noqa: F401
        from shouxin.people.notices import menu as _notices_menu  # noqa: F401
        from shouxin.people.notices import own_kinds as _own_kinds  # noqa: F401
        from shouxin.people.notices import secrets as _notice_addresses  # noqa: F401
        from shouxin.people.scim import events as _scim  # noqa: F401
        from shouxin.people.scim import kind as _kind  # noqa: F401
        from shouxin.people.second_factor import events as factor_events  # noqa: F401 - likewise
        from shouxin.people.second_factor import secrets as factor_secrets  # noqa: F401 - likewise
        from shouxin.people.sights import events as sight_events  # noqa: F401 - likewise
        from shouxin.people.sights import ties as _sight_ties  # noqa: F401
        from shouxin.people.suspensions import events as suspension_events  # noqa: F401 - likewise
        from shouxin.people.thresholds import events as _thresholds  # noqa: F401
        from shouxin.people.thresholds import menu as _thresholds_menu  # noqa: F401

        user_logged_in.connect(doors.begin_session, dispatch_uid="people.begin_session")
        user_logged_in.connect(update_last_login, dispatch_uid="update_last_login")
        user_logged_in.connect(watching.entered, dispatch_uid="people.guarding.entered")
        user_login_failed.connect(watching.failed, dispatch_uid="people.guarding.failed")
        doors.before_customers.register("guard", guard.leads)
