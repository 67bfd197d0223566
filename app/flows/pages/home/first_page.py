"""The page after install: what was read, and the five mails with one of the shop's own orders in them."""

from __future__ import annotations

from flask import render_template
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.presets import PRESET_FLOWS
from app.flows.pages.steps import pick_order
from app.flows.syncing.importing.progress import progress
from app.flows.words.described.step_words import rhythm_words, step_name
from app.kit import runtime


def first_page(session: Session, counted: str) -> str:
    """Return the page. The mail stack is loaded by whoever looks at mails, not by every web process."""
    from app.flows.pages.steps.preview import preview  # noqa: PLC0415 - see above

    order_id = pick_order.believable(session)
    config = runtime.current().config
    known = published.current(session)
    steps = [step for key in PRESET_FLOWS for step in known[key][1].sends]
    shown = [preview(session, config.app_url, step.key, order_id) for step in steps]
    mails = [
        {
            "name": step_name(step.key),
            "rhythm": rhythm_words(step),
            "href": f"/flows/{step.key}" + (f"?order={order_id}" if order_id else ""),
            "subject": each.mail.subject if each.mail else each.problem,
            "html": each.mail.html if each.mail else "",
        }
        for step, each in zip(steps, shown, strict=True)
    ]
    return render_template("admin/first.html", counted=counted, mails=mails, shown=shown[0], history=progress(session))
