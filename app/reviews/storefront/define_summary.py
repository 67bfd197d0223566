"""Make sure the shop knows the kind of metaobject its product pages read reviews from.

An app deployed with its shopify.app.toml has it from there; a self-hoster's custom app may not. What is there already
is adopted, so a lost reply does no harm; what is there in another shape is somebody's data and is left alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.reviews.storefront.keep_summary import SUMMARY_CALL, want_renewal
from app.shopify.asking import outgoing
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.admin_faults import UserErrors
from app.shopify.asking.definitions import Declared, declared, differences
from app.shopify.asking.outgoing import NotNow
from app.shopify.models import CallState, OutgoingCall
from app.shopify.payloads.fields import Fields
from app.shops.arrive import ShopConnected

NAME = "review_summary"
KIND = "definitions"
CALL = f"{KIND}:{NAME}"
MADE_BY_ANOTHER_TRY = frozenset({"TAKEN"})


def shop_connected(session: Session, event: ShopConnected) -> None:
    """Ask for a look whenever a shop has given us a new token pair."""
    outgoing.request(session, CALL, KIND, {"name": NAME})


def define(session: Session, client: AdminClient, payload: dict[str, Any]) -> None:
    """Create the definition where it is missing, and let summaries go out that were refused for want of it.

    Raises NotNow with the reason where Shopify will not take it or the shop has another of that name, an AdminFault
    when Shopify does not answer.
    """
    wanted = declared(str(payload["name"]))
    there = _ask(client, wanted)
    if there is None:
        _create(client, wanted)
        there = _ask(client, wanted)
    if there is None:
        raise NotNow(f"Shopify took the definition of {wanted.type} and does not show it.")
    wrong = differences(wanted, there)
    if wrong:
        raise NotNow(
            f"The store has a definition of {wanted.type} of another shape: {'; '.join(wrong)}. Reviews cannot appear"
            " on product pages until it is put right in Settings, Metafields and metaobjects, or deleted."
        )
    _revive(session)


def _ask(client: AdminClient, wanted: Declared) -> Fields | None:
    return Fields(client.ask("metaobject_definition", type=wanted.type).data).maybe_child("metaobjectDefinitionByType")


def _create(client: AdminClient, wanted: Declared) -> None:
    try:
        client.change("metaobject_definition_create", definition=wanted.creation)
    except UserErrors as fault:
        if not fault.codes <= MADE_BY_ANOTHER_TRY:
            codes = ", ".join(sorted(fault.codes))
            raise NotNow(f"Shopify does not take the definition of {wanted.type}: {codes}.") from fault


def _revive(session: Session) -> None:
    """Ask anew for the summaries that failed: without a definition Shopify refuses each for good."""
    failed = session.scalars(
        select(OutgoingCall.payload).where(
            OutgoingCall.shop_id == entered_shop(session),
            OutgoingCall.kind == SUMMARY_CALL,
            OutgoingCall.state == CallState.FAILED,
        )
    )
    for payload in failed.all():
        want_renewal(session, int(payload["product"]))
