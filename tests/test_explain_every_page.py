"""Every page of the console says what it is for, and leads to the place of the handbook that tells more."""

import pytest
from django.test import Client
from django.utils.translation import override

from shouxin.console.handbook import queries
from shouxin.kit import help as explanations
from shouxin.kit import menu
from tests.test_permissions_table import ROWS
from tests.world import World

# Pages without an explanation, with the reason.
EXCEPTED = {
    "access:duties_csv": "a file",
    "access:review_csv": "a file",
    "access:risk_alerts": "leads on to the mark",
    "console:help": "the handbook itself",
    "console:help_chapter": "the handbook itself",
    "console:help_picture": "a picture",
    "customers:bulk_failures": "a file",
    "customers:dial": "a code on a bare page, which says itself what to do",
    "customers:import_batch": "leads on to the step the import is at",
    "customers:import_progress": "a fragment of the check's page",
    "customers:import_repeated": "asks one question about a file that came before",
    "customers:import_report": "a page to print",
    "customers:message_proof": "a file",
    "customers:read_code": "a bare page for one's own phone, which says itself what to do",
    "customers:unpersonal": "a bare page for people who want nothing picked for them, which says itself what to do",
    "customers:unsubscribe": "a bare page for people who want nothing more, which says itself what to do",
    "drafts:resume": "leads on to the form",
    "healthz": "an answer for programs",
    "journal:key": "a file",
    "people:back": "closes itself after signing in again",
    "people:factor_remove": "asks for a password and says itself why",
    "people:federation_back": "the way back from another house's sign-in",
    "people:guard_paused": "says itself why one waits",
    "people:join_template": "a file",
    "people:notice_open": "leads on to what is to be done",
    "people:second_step": "before signing in",
    "people:session": "an answer for the page's script",
    "people:set_up": "before there is anybody",
    "people:sign_in": "before signing in",
    "readyz": "an answer for programs",
    "rights:proof": "a file",
    "rulebook:policy_read": "leads on to the version in force",
}
NO_CONSOLE = ("admin:", "scim:", "api:", "my:", "ledger:")


def _pages() -> set[str]:
    return {
        name.partition("#")[0]
        for name, row in ROWS.items()
        if row.method == "GET" and not name.startswith(NO_CONSOLE)
    }


def test_every_page_is_explained() -> None:
    assert sorted(_pages() - set(explanations.pages) - set(EXCEPTED)) == []
    assert sorted(set(EXCEPTED) - _pages()) == []
    assert sorted(set(EXCEPTED) & set(explanations.pages)) == []
    assert sorted(set(explanations.pages) - _pages()) == []


def test_an_explanation_says_more_than_a_title() -> None:
    for language, least in (("zh-hans", 20), ("en", 60)):
        with override(language):
            short = [
                page.url_name
                for page in explanations.pages.values()
                if len("".join(page.sentences)) < least and page.url_name not in menu.entries
            ]
        assert short == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_explanation_leads_to_a_place_of_the_handbook(language: str) -> None:
    lost = []
    for page in explanations.pages.values():
        chapter, _sign, title = page.where.partition("#")
        chinese = queries.chapter(chapter, "zh")
        if chinese is None or (title and title not in {section.title for section in chinese.sections}):
            lost.append((page.url_name, page.where))
        elif queries.place(page.where, language) is None:
            lost.append((page.url_name, language))
    assert lost == []


def test_a_page_shows_its_explanation_until_the_reader_folds_it(world: World, client: Client) -> None:
    world.signed_in(client, "sales_head")
    page = client.get("/access/grants/").content.decode()
    told = explanations.pages["access:grants"]
    assert "".join(told.sentences) in page
    assert "data-about open" in page
    client.cookies["sx-about"] = "folded"
    folded = client.get("/access/grants/").content.decode()
    assert "data-about open" not in folded
    assert "".join(told.sentences) in folded
