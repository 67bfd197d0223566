"""`/sample/<purpose>`: where the links of a preview lead. Public; knows no shop and changes nothing."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.kit.errors import NotFound
from app.messages.signed.links import Purpose

blueprint = Blueprint("sample", __name__)

WORDS = {
    Purpose.REVIEW: "In a real mail this opens the page where your customer reviews what they bought.",
    Purpose.BUY_AGAIN: "In a real mail this opens your store's cart with what your customer bought.",
    Purpose.PREFERENCES: "In a real mail this opens the page where your customer chooses what to hear about.",
    Purpose.UNSUBSCRIBE: "In a real mail this asks your customer whether to stop these mails.",
}


@blueprint.get("/sample/<purpose>")
def show_sample(purpose: str) -> str:
    """Say what a link would do."""
    if purpose not in WORDS:
        raise NotFound
    return render_template("admin/sample.html", words=WORDS[Purpose(purpose)])
