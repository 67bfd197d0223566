"""The theme blocks, rendered as a theme renders them: what a shopper sees, and nothing a reviewer could plant."""

import json
import re

import pytest

from devstore.storefront.blocks import BlockBroken, read_block, read_translations, render_block
from devstore.storefront.metaobjects import show_fields
from tests.storefront.conftest import FIELDS, ROOT, a_review, a_summary

EXTENSION = ROOT / "extension" / "theme"
PRODUCT = {"id": 8123, "title": "Harbour kettle", "url": "/products/harbour-kettle", "handle": "harbour-kettle"}
HOSTILE = '"><script>alert(1)</script><!--<script>{{ shop.name }}'


def scope(reviews=None, **counts):
    kept = {}
    if reviews is not None:
        kept = {"8123": show_fields(FIELDS, a_summary(8123, reviews, **counts))}
    shop = {"name": "Kiln & Kettle", "metaobjects": {"$app:review_summary": kept}}
    return {"shop": shop, "product": PRODUCT, "request": {"page_type": "product"}}


def words(html):
    """What is read: no tags, no scripts, single spaces."""
    html = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def linked_data(html):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [json.loads(one) for one in found]


def test_star_rating_shows_nothing_at_all_without_reviews():
    assert render_block(EXTENSION, "star-rating", scope()) == ""
    assert render_block(EXTENSION, "star-rating", scope([])) == ""


def test_star_rating_reads_as_a_sentence():
    html = render_block(EXTENSION, "star-rating", scope([a_review(1, rating=5), a_review(2, rating=4)]))
    assert 'aria-label="4.5 out of 5 stars"' in html
    assert "--wt-filled: 4.5" in html
    assert words(html) == "4.5 2 reviews"
    assert 'href="#wt-reviews"' in html


def test_star_rating_elsewhere_leads_to_the_product_page():
    facts = scope([a_review()])
    chosen = {"product": facts.pop("product"), "show_average": False}
    html = render_block(EXTENSION, "star-rating", facts, chosen=chosen)
    assert 'href="/products/harbour-kettle#wt-reviews"' in html
    assert words(html) == "1 review"


def test_reviews_say_honestly_that_there_are_none():
    html = render_block(EXTENSION, "product-reviews", scope())
    assert "No reviews yet." in words(html)
    assert linked_data(html) == []


def test_without_a_product_there_is_no_block():
    facts = {**scope(), "product": None}
    assert render_block(EXTENSION, "product-reviews", facts) == ""
    assert render_block(EXTENSION, "star-rating", facts) == ""


def test_reviews_show_average_spread_counts_and_words():
    reviews = [
        a_review(1, rating=5, title="Quick", body="First line.\nSecond line."),
        a_review(2, rating=2, name="", verified=False, body="Dented.", submitted_on="2026-10-03"),
    ]
    html = render_block(EXTENSION, "product-reviews", scope(reviews, hidden=1))
    seen = words(html)
    assert seen.startswith("Reviews 3.5 2 reviews 5 stars 1 4 stars 0 3 stars 0 2 stars 1 1 star 0")
    assert "November 12, 2026 Quick First line. Second line. Ana N. Verified buyer" in seen
    assert "October 3, 2026 Dented. A customer" in seen
    assert seen.count("Verified buyer") == 1
    assert seen.endswith("Received 3 · published 2 · hidden 1")
    assert html.count("--wt-share: 50.0%") == 2


def test_reviews_speak_german_where_the_shop_does():
    html = render_block(EXTENSION, "product-reviews", scope([a_review(1, rating=4)]), locale="de-AT")
    seen = words(html)
    assert seen.startswith("Bewertungen 4,0 1 Bewertung 5 Sterne 0")
    assert "12. November 2026" in seen
    assert "Verifizierter Kauf" in seen


@pytest.mark.parametrize("field", ["title", "body", "name", "locale", "id", "submitted_on"])
def test_nothing_a_reviewer_writes_becomes_markup(field):
    html = render_block(EXTENSION, "product-reviews", scope([a_review(1, **{field: HOSTILE})]))
    assert html.count("<script") == 1
    assert "<script>alert" not in html
    assert "<!--" not in html
    assert '"><script' not in html
    assert "Kiln & Kettle" not in words(html)
    assert len(linked_data(html)) == 1


def test_a_hostile_product_title_stays_inside_its_json():
    facts = scope([a_review()])
    facts["product"] = {**PRODUCT, "title": "</script><script>alert(1)</script>"}
    html = render_block(EXTENSION, "product-reviews", facts)
    assert html.count("<script") == 1
    assert linked_data(html)[0]["name"] == "</script><script>alert(1)</script>"


def test_linked_data_says_what_the_page_shows():
    reviews = [a_review(1, rating=5), a_review(2, rating=4, name="Bernd", body="Gut & leise.")]
    node = linked_data(render_block(EXTENSION, "product-reviews", scope(reviews)))[0]
    assert node["@id"] == "/products/harbour-kettle#product"
    assert node["aggregateRating"]["ratingValue"] == 4.5
    assert node["aggregateRating"]["reviewCount"] == 2
    assert [one["author"]["name"] for one in node["review"]] == ["Ana N.", "Bernd"]
    assert node["review"][1]["reviewBody"] == "Gut & leise."


def test_star_rating_adds_no_linked_data():
    assert linked_data(render_block(EXTENSION, "star-rating", scope([a_review()]))) == []


def test_the_merchant_may_show_fewer_and_say_less():
    reviews = [a_review(number) for number in range(1, 8)]
    chosen = {"reviews_shown": 3, "show_counts": False, "show_spread": False, "show_date": False, "heading": "<Voices>"}
    html = render_block(EXTENSION, "product-reviews", scope(reviews), chosen=chosen)
    assert html.count('class="wt-review"') == 3
    assert "&lt;Voices&gt;" in html
    assert "Received" not in html
    assert "2026" not in words(html)
    assert len(linked_data(html)[0]["review"]) == 3


def test_blocks_bring_no_script_and_no_request():
    for name in ("star-rating", "product-reviews"):
        html = render_block(EXTENSION, name, scope([a_review()]))
        scripts = re.findall(r"<script[^>]*>", html)
        assert all(one == '<script type="application/ld+json">' for one in scripts)
        assert not re.search(r"\bsrc=|\bon\w+=|fetch\(", html)
        assert "javascript" not in read_block(EXTENSION, name).schema


def test_storefront_strings_exist_in_both_languages_with_the_same_keys():
    def keys(tree, path=""):
        return {
            found
            for key, value in tree.items()
            for found in (keys(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}"})
        }

    assert keys(read_translations(EXTENSION, "en")[1]) == keys(read_translations(EXTENSION, "de")[1])
    assert read_translations(EXTENSION, "fr")[0] == "en"


def test_all_liquid_together_stays_far_below_shopifys_limit():
    total = sum(file.stat().st_size for file in EXTENSION.rglob("*.liquid"))
    assert total < 20_000, "Shopify takes 100 KB; ours should stay small"
    assert (EXTENSION / "assets" / "reviews.css").stat().st_size < 6_000


def test_a_block_without_a_schema_is_refused(tmp_path):
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "x.liquid").write_text("<p>No schema</p>")
    with pytest.raises(BlockBroken, match="has no schema"):
        read_block(tmp_path, "x")
    (tmp_path / "blocks" / "x.liquid").write_text("{% schema %}{,}{% endschema %}")
    with pytest.raises(BlockBroken, match="no JSON"):
        read_block(tmp_path, "x")
