"""The rows of the customers' portal: no session of staff opens a page of it, and no customer's one of staff's."""

from collections.abc import Mapping

from shouxin.core.policy import Permission
from tests.permission_frame import NOBODY
from tests.permission_rows import Row, everybody, needs

P = Permission

ROWS: Mapping[str, Row] = {
    "my:home": everybody(302),
    "my:reads": everybody(302),
    "my:clear": everybody(302),
    "my:ask_clear": everybody(302, method="POST"),
    "my:notice": everybody(404, key="none"),
    "my:news": everybody(302),
    "my:list": everybody(kind="collected"),
    "my:published": everybody(kind="shared", form="json"),
    "my:lists_mine": everybody(302),
    "my:wishes": everybody(302),
    "my:requests": everybody(302),
    "my:request": everybody(302, case_id=NOBODY),
    "my:package": everybody(302, method="POST", case_id=NOBODY),
    "my:take_back": everybody(302, method="POST", case_id=NOBODY),
    "my:request_proof": everybody(302, method="POST", case_id=NOBODY),
    "my:rate": everybody(302, method="POST", case_id=NOBODY),
    "my:changes": everybody(302),
    "my:freeze": everybody(302, method="POST"),
    "my:release": everybody(302, method="POST"),
    "my:deny": everybody(302, method="POST", entry=NOBODY),
    "my:deny_sign_in": everybody(302, method="POST", denied=NOBODY),
    "my:not_me": everybody(200, token="unknown"),
    "my:choices": everybody(302),
    "my:records": everybody(302),
    "my:receipt_record": everybody(302, entry=NOBODY),
    "my:purpose": everybody(302, key="marketing"),
    "my:withdraw": everybody(302, method="POST", key="marketing"),
    "my:refuse": everybody(302, method="POST", key="marketing"),
    "my:allow": everybody(302, method="POST", key="marketing"),
    "my:seen": everybody(302, entry=NOBODY),
    "my:receipt": everybody(302, entry=NOBODY),
    "my:proof": everybody(302, entry=NOBODY),
    "my:key": everybody(404),
    "my:verifier": everybody(),
    "my:anyone": everybody(),
    "my:follow": everybody(),
    "my:feedback": everybody(),
    "my:followed_feedback": everybody(302),
    "my:followed": everybody(302),
    "my:follow_proof": everybody(302, method="POST"),
    "my:follow_rate": everybody(302, method="POST"),
    "my:follow_take_back": everybody(302, method="POST"),
    "my:follow_away": everybody(302, method="POST"),
    "my:form": everybody(404, code="nosuchform"),
    "my:form_done": everybody(404, code="nosuchform"),
    "my:sign_in": everybody(),
    "my:code": everybody(302),
    "my:detail": everybody(302),
    "my:invitation": everybody(),
    "my:sign_out": everybody(302, method="POST"),
    "my:language": everybody(302, method="POST"),
    # staff
    "portal:settle": needs(P.RIGHTS_CASE_HANDLE, status=404, method="POST", freeze_id=NOBODY),
    "portal:stored": needs(P.PORTAL_STORAGE_STATE),
    "portal:unstated": needs(P.PORTAL_DEFECT_READ),
    "portal:invite": needs(P.PORTAL_INVITATION_MAKE, status=404, customer_id=NOBODY),
}
