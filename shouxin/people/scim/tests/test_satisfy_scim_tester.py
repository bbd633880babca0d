"""The public tester of SCIM servers finds nothing to fail."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import check_server
from scim2_tester.utils import Status

from shouxin.people.scim.tests.conftest import Directory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """The whole product behind WSGI, in the transaction of this test: a request's end must not close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_scim_tester_judges_users_and_groups_without_failure(
    directory: Directory, application: WSGIHandler
) -> None:
    client = WSGISCIMClient(
        application,
        base_url="http://testserver/scim/v2",
        headers={"Authorization": f"Bearer {directory.token}"},
    )
    results = check_server(client)
    failed = [r for r in results if r.status in {Status.ERROR, Status.CRITICAL, Status.DEVIATION}]
    assert [(r.title, r.resource_type, r.reason) for r in failed] == []
    assert Counter(r.status for r in results)[Status.SUCCESS] > 40
    assert {r.resource_type for r in results} >= {"User", "Group"}
