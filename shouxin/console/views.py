"""The workbench (工作台): what waits for me and what I can do next; and the page of the whole menu."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from shouxin.console import bench, queries
from shouxin.console.menu import Menu
from shouxin.console.tasks import tasks_for
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.preferences import services as preferences
from shouxin.people.problems import PeopleError
from shouxin.people.working_purpose import choices


@require_GET
@allowed()
def workbench(request: StaffRequest) -> HttpResponse:
    team = request.GET.get("whose") == "team"
    context = {
        "steps": queries.setup_steps(request.actor),
        "bench": bench.gather(request.actor, team=team, now=clock.now()),
        "team": team,
        "tasks": tasks_for(request.actor, frozenset(choice.key for choice in choices(request.actor))),
    }
    return render(request, "console/workbench.html", context)


@require_GET
@allowed()
def menu(request: StaffRequest) -> HttpResponse:
    """Every page the reader may open, each with a sentence; the quick jump takes its entries from here."""
    return render(request, "console/menu.html")


@require_POST
@allowed()
def pin(request: StaffRequest) -> HttpResponse:
    """Put an entry among the daily ones, or take it out."""
    names = Menu(request.actor, request.path, request.user.pins).pins
    entry = request.POST.get("entry", "")
    wanted = [name for name in names if name != entry] if entry in names else [*names, entry]
    try:
        preferences.choose_pins(actor=request.actor, pins=wanted)
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    return redirect(reverse("console:menu") + "#entry-" + slugify(entry))
