"""Whatever is sent to the routes, none fails, every answer is as described, and every problem is one."""

import json
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shouxin.api import lean
from shouxin.api.tests.conftest import Make, Program
from shouxin.customers.collection_forms.models import CollectionForm
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer
from tests.register import Register

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
ROUTES = [
    ("POST", "/customers"),
    ("POST", "/customers:batch"),
    ("POST", "/customers:read"),
    ("POST", "/customers:search"),
    ("PATCH", "/customers/{customer}"),
    ("POST", "/tokens:resolve"),
    ("POST", "/changes:list"),
    ("POST", "/changes:acknowledge"),
    ("POST", "/forms/{form}/submissions"),
]
BOUNDED = settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _application(environ: dict[str, Any], start: Any) -> Any:
    """The whole application, called from this machine."""
    return lean.beside(get_wsgi_application())({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)


def _make_true(case: Any, app: Program) -> None:
    """Put in what no generator can guess, so that the request reaches the register."""
    if isinstance(case.body, dict):
        case.body |= {key: text for key, text in app.footing().items() if key in case.body}
        if "rows" in case.body:
            case.body = {**app.footing(), "rows": [app.person()]}
        if "ids" in case.body:
            case.body["ids"] = [str(app.register["li"])]
        if "tokens" in case.body:
            case.body["tokens"] = ["cst_" + "a" * 26]
        if "fields" in case.body:
            case.body["fields"] = ["person_name", "mobile"]
        if "kind" in case.body:
            case.body = {k: v for k, v in case.body.items() if k in {*app.footing(), "values"}} | {
                "kind": "person"
            }
        if "revision" in case.body:
            case.body.pop("record", None)
            case.body["revision"] = Customer.objects.get(id=app.register["li"]).revision
        if isinstance(case.body.get("values"), dict):
            text = next(iter(case.body["values"].values()), "")
            case.body["values"] = {"person_name": text or "甲"}
    if "customer" in case.path_parameters:
        case.path_parameters["customer"] = str(app.register["li"])
    if "form" in case.path_parameters:
        case.path_parameters["form"] = str(CollectionForm.objects.get().id)


@pytest.mark.django_db(transaction=True)  # the whole application answers, which hands connections back
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_request_made_from_the_description_breaks_a_route(
    program: Make, register: Register, method: str, path: str
) -> None:
    app = program(per_minute=60_000)
    published(register.world)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _application)
    operation = schema[f"/api/v1{path}"][method]
    assert operation.method.upper() == method
    seen: set[int] = set()
    cases = operation.as_strategy() | operation.as_strategy(
        generation_mode=schemathesis.GenerationMode.NEGATIVE
    )

    def ask(case: Any, *, true: bool) -> None:
        if true:
            _make_true(case, app)
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {app.token}"}, checks=CHECKS)
        seen.add(answer.status_code)

    @given(case=cases, true=st.booleans())
    @BOUNDED
    def send(case: Any, *, true: bool) -> None:
        ask(case, true=true)

    # What is generated depends on what a process has loaded: thirty may all miss the register, these do not.
    @given(case=operation.as_strategy())
    @BOUNDED
    def send_true(case: Any) -> None:
        if not seen & {200, 201}:
            ask(case, true=True)

    send()
    send_true()
    assert seen & {200, 201}, "no request ever reached the register"
    assert seen & {403, 422}, "no request was ever refused"


VALUES = st.one_of(st.text(max_size=40), st.none(), st.integers(), st.lists(st.text(max_size=4), max_size=2))
KINDS = st.sampled_from(["person", "organisation"])
KEYS = st.sampled_from(["person_name", "mobile", "customer_no", "email", "contact_name", "line_no"])


WRITTEN = st.text(
    st.characters(exclude_categories=["C"]), min_size=1, max_size=40
)  # what is no control character
TEXTS = st.fixed_dictionaries({}, optional={"person_name": WRITTEN, "email": WRITTEN})


def _sends_values(app: Program, kind: str, values: dict[str, Any]) -> tuple[int, int]:
    body = {**app.footing(), "kind": kind, "values": {"person_name": "甲", "company_name": "乙"} | values}
    created, answer = app.call("POST", "customers", body)
    assert created in {201, 409, 422}, answer
    row = Customer.objects.get(id=app.register["li"])
    change = {**app.footing(), "revision": row.revision, "values": values or {"mobile": ""}}
    changed, answer = app.call("PATCH", f"customers/{row.id}", change)
    assert changed in {200, 409, 422}, answer
    return created, changed


def test_no_text_of_a_field_breaks_writing(program: Make) -> None:
    app, kept, seen = program(per_minute=60_000), set[str](), set[int]()

    @given(kind=KINDS, values=TEXTS)
    @BOUNDED
    def send_texts(kind: str, values: dict[str, Any]) -> None:
        if _sends_values(app, kind, values) == (201, 200):
            kept.update(values)

    @given(kind=KINDS, values=st.dictionaries(KEYS, VALUES, max_size=4))
    @BOUNDED
    def send_anything(kind: str, values: dict[str, Any]) -> None:
        seen.update(_sends_values(app, kind, values))

    send_texts()
    send_anything()
    assert kept == {"person_name", "email"}, "no text was ever written"
    assert seen >= {201, 422}


def test_description_is_complete(program: Make) -> None:
    description = json.loads(program().http.get("/api/v1/openapi.json").content)
    found = {(method.upper(), path) for path, methods in description["paths"].items() for method in methods}
    assert {(method, f"/api/v1{path}") for method, path in ROUTES} <= found
    for methods in description["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"Token": []}]
            assert "application/problem+json" in operation["responses"]["422"]["content"]
