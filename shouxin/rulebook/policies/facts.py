"""The gate's readiness "policies": whether the log-in has acknowledged every version in force."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from shouxin.core.text import Text
from shouxin.gate.facts import Readiness, readiness
from shouxin.people.doors import StaffRequest, before_customers
from shouxin.rulebook.policies import queries

# Without any rules in force nobody is ready: that they were read cannot be known.
MISSING = """
    SELECT CASE WHEN count(f.id) = 0 THEN '[]'::jsonb
                ELSE jsonb_agg(jsonb_build_array(f.title_zh, f.title_en)) FILTER (WHERE a.id IS NULL) END
    FROM (
        SELECT DISTINCT ON (v.key) v.id, v.title_zh, v.title_en FROM rulebook_policyversion v
        WHERE v.pack_id IS NOT NULL OR (
            v.approved_at IS NOT NULL
            AND v.effective_on <= (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
        )
        ORDER BY v.key, v.effective_on DESC, v.number DESC
    ) f LEFT JOIN rulebook_acknowledgement a ON a.version_id = f.id AND a.staff_id = %(actor)s
      AND a.stay = (SELECT p.stay FROM people_staff p WHERE p.id = %(actor)s)
"""


def read(value: list[list[str]]) -> Text:
    if not value:
        return Text(
            "尚无生效的守则（请联系系统管理员）", "no rules are in force (tell the system administrator)"
        )
    titles = Text("》《".join(zh for zh, _en in value), ", ".join(en for _zh, en in value))
    return Text(f"确认《{titles.zh}》", f"to acknowledge “{titles.en}”")


def leads(request: StaffRequest) -> str | None:
    """To the rules first, and from there back to the page that was asked for."""
    if not queries.to_acknowledge(request.actor.id):
        return None
    back: dict[str, Any] = {"next": request.get_full_path()} if request.method == "GET" else {}
    address = reverse("rulebook:policy_read")
    return f"{address}?{urlencode(back)}" if back else address


def register() -> None:
    before_customers.register("policies", leads)
    readiness.register(
        "policies",
        Readiness(
            name="policies",
            meaning=Text("已确认现行守则", "Has acknowledged the rules in force"),
            sql=MISSING,
            read=read,
        ),
    )
