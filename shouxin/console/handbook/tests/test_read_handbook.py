"""The handbook is read inside the product: contents, chapters, search, pictures; only its own files are served."""

import re

from django.test import Client

from shouxin.console.handbook import queries, rendering
from tests.world import World

TERM = "拨号不看号"


def test_chapters_are_told_in_the_readers_language(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    chinese = client.get("/help/customers/").content.decode()
    english = client.get("/help/customers/", headers={"Accept-Language": "en"}).content.decode()
    assert re.search(r"<h1>客户\s*</h1>", chinese)
    assert re.search(r"<h1>Customers\s*</h1>", english)
    assert '<h2 id="接待客户">' in chinese
    assert 'href="#接待客户"' in chinese
    assert client.get("/help/nothing/").status_code == 404
    assert client.get("/help/README/").headers["Location"] == "/help/"


def test_searching_finds_the_place_and_keeps_the_words_out_of_addresses(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    page = client.post("/help/", {"term": TERM}).content.decode()
    assert f"<mark>{TERM}</mark>" in page
    assert f'href="/help/customers/#{TERM}"' in page
    assert "term=" not in page
    assert "<mark>" not in client.post("/help/", {"term": "沒有這幾個字"}).content.decode()
    assert "<mark>" not in client.get("/help/", {"term": TERM}).content.decode()


def test_search_ignores_capital_letters() -> None:
    assert [hit.chapter for hit in queries.search("GRANT", "en")] == [
        hit.chapter for hit in queries.search("grant", "en")
    ]
    assert queries.search("  ", "en") == []


def test_only_pictures_of_the_handbook_are_served(world: World, client: Client) -> None:
    world.signed_in(client, "clerk")
    for name in ("..%2FREADME.md", "../zh/README.md", "%2e%2e/%2e%2e/README.md", "none.png"):
        assert client.get(f"/help/pictures/{name}").status_code == 404
    assert queries.picture("../images/../zh/README.md") is None


def test_markdown_brings_no_html_of_its_own() -> None:
    found = rendering.render("# T\n\n<script>x</script> [a](javascript:alert(1)) <b>b</b>", "zh")
    assert "<script" not in found.html
    assert "<b>" not in found.html
    assert 'href="javascript' not in found.html


def test_files_of_the_source_alone_are_no_links() -> None:
    written = (
        "# T\n\n[formats](../../formats/README.md) [c](customers.md#a) [r](README.md) [o](../zh/people.md)"
    )
    html = rendering.render(written, "zh").html
    assert "formats" in html
    assert "../" not in html
    assert re.findall(r'href="([^"]+)"', html) == ["/help/customers/#a", "/help/", "/help/people/"]
