"""The rows of the frame: the server, the door, the shell of the console."""

from collections.abc import Mapping
from uuid import UUID

from shouxin.core.policy import Permission
from tests.permission_rows import Row, everybody, needs, post

P = Permission
NOBODY = UUID("00000000-0000-7000-8000-000000000000")

FRAME: Mapping[str, Row] = {
    # the server
    "healthz": everybody(),
    "readyz": everybody(),
    "vault:index": needs(P.VAULT_KEY_READ),
    "vault:index_rebuild": post(P.VAULT_KEY_ROTATE),
    "vault:keys": needs(P.VAULT_KEY_READ),
    "vault:rotate": post(P.VAULT_KEY_ROTATE),
    "vault:suite_propose": post(P.VAULT_KEY_ROTATE, status=422),
    "vault:suite_decide#confirm": post(P.VAULT_SUITE_CONFIRM, change_id=NOBODY, verb="confirm"),
    "vault:suite_decide#refuse": post(
        P.VAULT_SUITE_CONFIRM, P.VAULT_KEY_ROTATE, change_id=NOBODY, verb="refuse"
    ),
    # the door
    "people:sign_in": everybody(302, stranger=200),
    "people:sign_out": post(),
    "people:password": needs(),
    "people:second_step": everybody(302),
    "people:factor_mine": needs(),
    "people:factor_totp": needs(),
    "people:factor_passkey": needs(),
    "people:factor_codes": needs(),
    "people:factor_remove": needs(status=404, factor=1),
    "people:set_up": everybody(404),
    "people:purpose": post(),
    "people:session": needs(),
    "people:back": everybody(),
    "set_language": everybody(302, method="POST"),
    # notices
    "people:notices": needs(),
    "people:notices_read": post(),
    "people:notice_settings": needs(),
    "people:notice_address#mail": post(status=422, verb="mail"),
    "people:notice_address#code": post(status=422, verb="code"),
    "people:notice_address#robot": post(status=422, verb="robot"),
    "people:notice_address#test": post(verb="test-mail"),
    "people:notice_address#forget": post(verb="forget-robot"),
    "people:notice_open": needs(status=404, notice_id=NOBODY),
    "people:notice_read": post(status=404, notice_id=NOBODY),
    "people:notice_channels": needs(P.PEOPLE_NOTICE_MANAGE),
    "people:notice_try_mail": post(P.PEOPLE_NOTICE_MANAGE),
    "people:notice_host_end": post(P.PEOPLE_NOTICE_MANAGE, host_id=NOBODY),
    # the console
    "console:menu": needs(),
    "console:pin": post(),
    "people:display": needs(),
    "console:workbench": needs(),
    "console:help": needs(),
    "console:help#search": post(status=200),
    "console:help_chapter": needs(status=404, chapter="none"),
    "console:help_picture": needs(status=404, name="none.png"),
    "admin:index": needs(status=302),
    "admin:login": everybody(302),
    "admin:logout": needs(status=405),
    "admin:password_change": needs(status=302),
    "admin:password_change_done": needs(status=302),
    "admin:search": needs(status=404),
    "admin:autocomplete": needs(status=403),
    "admin:jsi18n": needs(),
    "admin:view_on_site": needs(status=404, content_type_id="1", object_id="1"),
    "admin:": needs(status=404, url="x/"),
}
