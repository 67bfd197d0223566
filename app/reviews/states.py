"""Whether a review is shown, and for what reasons it may not be. Pure."""

from __future__ import annotations

from enum import StrEnum


class ReviewState(StrEnum):
    """Say whether a review is shown."""

    PENDING = "pending"
    PUBLISHED = "published"
    HIDDEN = "hidden"


class HeldFor(StrEnum):
    """Say why a review waits for a person."""

    LINK = "contains_link"
    CONTACT = "contains_contact"  # someone's address or number: usually the writer's own, by mistake


class HiddenReason(StrEnum):
    """Name what a review may be hidden for. That it is bad is not on the list."""

    SPAM = "spam"
    PERSONAL_DATA = "personal_data"
    ABUSE = "abuse"
    NOT_ABOUT_THE_PRODUCT = "not_about_the_product"
    ILLEGAL = "illegal"
    ASKED_BY_WRITER = "asked_by_writer"
