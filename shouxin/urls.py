"""Which room answers where."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

# Rooms mounted at the root name their own first folder (/sign-in/, /healthz, the workbench at /).
AT_THE_ROOT = ("shouxin.operations.server.urls", "shouxin.people.urls", "shouxin.console.urls")
MOUNTS = {
    "my/": "shouxin.portal.urls",
    "portal/": "shouxin.portal.staff_urls",
    "api/": "shouxin.api.urls",
    "scim/v2/": "shouxin.people.scim.urls",
    "rules/": "shouxin.rulebook.urls",
    "customers/": "shouxin.customers.urls",
    "access/": "shouxin.access.urls",
    "ledger/": "shouxin.access.ledger.serving_urls",
    "rights/": "shouxin.rights.urls",
    "gate/": "shouxin.gate.urls",
    "drafts/": "shouxin.drafts.urls",
    "keys/": "shouxin.vault.urls",
    "jobs/": "shouxin.operations.queue.urls",
}


def _mounted() -> list[URLPattern | URLResolver]:
    wanted = [*(("", module) for module in AT_THE_ROOT), *MOUNTS.items()]
    return [path(prefix, include(module)) for prefix, module in wanted if find_spec(module)]


urlpatterns = _mounted()
handler400 = "shouxin.console.errors.bad_request"
handler403 = "shouxin.console.errors.forbidden"
handler404 = "shouxin.console.errors.not_found"
handler500 = "shouxin.console.errors.server_error"
