"""The page 同一客户，各出口: one made-up customer as a role sees it everywhere."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shouxin.core.policy import Permission, Role
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.rules import ROLE_NAMES
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.purposes import outlets, queries
from shouxin.rulebook.showing import language


@require_GET
@allowed(Permission.RULEBOOK_FIELD_APPROVE)
def outlet_preview(request: StaffRequest) -> HttpResponse:
    """What a role sees for a purpose, field by field and outlet by outlet, of values that are nobody's."""
    rules = queries.purpose_rules()
    asked = request.GET.get("purpose", "")
    purpose = rules.get(asked) or next(iter(sorted(rules.values(), key=lambda one: one.key)), None)
    wanted = request.GET.get("role", "")
    role = Role(wanted) if wanted in set(Role) else Role.CLERK
    found = outlets.preview(role, purpose, fields(), clock.now()) if purpose else None
    context = {
        "purposes": [(key, rule.name.in_(language())) for key, rule in sorted(rules.items())],
        "roles": [(one.value, name.in_(language())) for one, name in ROLE_NAMES.items()],
        "purpose": purpose.key if purpose else "",
        "role": role.value,
        "outlets": [one.name.in_(language()) for one in outlets.OUTLETS],
        "rows": [
            (row, row.rule.name.in_(language()), list(zip(outlets.OUTLETS, row.shown, strict=True)))
            for row in (found.rows if found else ())
        ],
        "refusal": found.refusal.reason.in_(language()) if found and found.refusal else "",
        "apart": [row.rule.key for row in (found.rows if found else ()) if not row.alike],
    }
    return render(request, "rulebook/outlets.html", context)
