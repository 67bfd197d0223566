"""The compliance topics about a person do what they say: their data to download, or all of it erased everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.address import normalise
from app.customers.erase import forget_customer, one_person
from app.customers.identify import find_ids
from app.customers.models import Erasure, ErasureKind
from app.kit import fault
from app.kit.work import entered_shop
from app.shopify.payloads import webhook_people
from app.shopify.payloads.people import PrivacyRequest
from app.shopify.webhooks.apply import Delivery, told_at
from app.shopify.webhooks.erase_bodies import erase_bodies
from app.shopify.webhooks.settle import spend_body
from app.shops.topics import check_origin

ACT_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Privacy:
    """Say what one domain holds of a person, by our customer ids. `export` returns JSON values."""

    domain: str
    export: Callable[[Session, Sequence[int]], list[dict[str, Any]]]


def data_requested(session: Session, delivery: Delivery) -> None:
    """Apply customers/data_request: gather everything held of the person, for the merchant to download and hand on."""
    request = _read(session, delivery)
    ids = find_ids(session, request.customer_shopify_id, request.email)
    domains: Sequence[Privacy] = session.info["runtime"].parts["privacy"]
    result = {one.domain: one.export(session, ids) for one in domains}
    _record(session, ErasureKind.EXPORT, request, told_at(session, delivery), result)


def customer_redacted(session: Session, delivery: Delivery) -> None:
    """Apply customers/redact: the person is erased from every table, and what was planned for them ends."""
    request = _read(session, delivery)
    at = told_at(session, delivery)
    traces = _traces(session, request)
    ids = forget_customer(session, request.customer_shopify_id or 0, at=at, email=request.email)
    fault.point("E2")
    bodies = erase_bodies(session, delivery.shop_domain, traces)
    spend_body(session)
    _record(session, ErasureKind.ERASE, request, at, {"customers": len(ids), "bodies": bodies})


def _read(session: Session, delivery: Delivery) -> PrivacyRequest:
    check_origin(session, delivery)
    return webhook_people.privacy_request(delivery.body)


def _traces(session: Session, request: PrivacyRequest) -> list[str]:
    merged = one_person(session, request.customer_shopify_id or 0)
    known = {
        *(row.email for row in merged),
        *(str(row.shopify_id) for row in merged if row.shopify_id),
        normalise(request.email),
        request.phone,
        str(request.customer_shopify_id) if request.customer_shopify_id else None,
        *map(str, request.orders),  # a carrier's scan names the order alone
    }
    return sorted(trace for trace in known if trace)


def _record(session: Session, kind: ErasureKind, request: PrivacyRequest, at: datetime, result: dict[str, Any]) -> None:
    key = str(request.request_id) if request.request_id else _hash(request)
    values = {
        "shop_id": entered_shop(session),
        "kind": kind,
        "request_key": key,
        "customer_shopify_id": request.customer_shopify_id,
        "requested_at": at,
        "due_at": at + ACT_WITHIN,
        "done_at": at,
        "result": result,
    }
    session.execute(
        insert(Erasure)
        .values(values)
        .on_conflict_do_update(
            index_elements=["shop_id", "kind", "request_key"], set_={"result": result, "done_at": at}
        ),
    )


def _hash(request: PrivacyRequest) -> str:
    subject = f"{request.customer_shopify_id}:{normalise(request.email) or ''}"
    return hashlib.sha256(subject.encode()).hexdigest()
