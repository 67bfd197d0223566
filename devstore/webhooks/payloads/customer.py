"""A customer's bodies; consent travels under its own topic, not here."""

from typing import Any

from devstore.state.models import Customer, Shop, gid
from devstore.webhooks.payloads.values import customer_address, when


def customer_body(customer: Customer, shop: Shop) -> dict[str, Any]:
    """Return the body of customers/create and customers/update."""
    inner = customer_in_order(customer, shop)
    default = inner.pop("default_address")
    return {**inner, "addresses": [default] if default else [], "default_address": default}


def customer_in_order(customer: Customer, shop: Shop) -> dict[str, Any]:
    """Return a customer as an order carries one."""
    return {
        "id": customer.id,
        "created_at": when(customer.created_at, shop),
        "updated_at": when(customer.updated_at, shop),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "state": customer.state,
        "note": customer.note,
        "verified_email": customer.verified_email,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": customer.email,
        "phone": customer.phone,
        "currency": shop.currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", customer.id),
        "default_address": customer_address(customer.address, customer.id),
    }


def customer_gone(customer: Customer) -> dict[str, Any]:
    """Return the body of customers/delete."""
    return {"id": customer.id, "tax_exemptions": [], "admin_graphql_api_id": gid("Customer", customer.id)}


def merge_body(gone: Customer, kept: Customer) -> dict[str, Any]:
    """Return the body of customers/merge."""
    return {
        "admin_graphql_api_customer_kept_id": gid("Customer", kept.id),
        "admin_graphql_api_customer_deleted_id": gid("Customer", gone.id),
        "admin_graphql_api_job_id": None,
        "status": "completed",
        "errors": [],
    }


def consent_body(customer: Customer, shop: Shop) -> dict[str, Any]:
    """Return the body of customers_email_marketing_consent/update."""
    return {
        "customer_id": customer.id,
        "email_address": customer.email,
        "email_marketing_consent": {
            "state": customer.email_consent,
            "opt_in_level": customer.email_consent_level,
            "consent_updated_at": when(customer.email_consent_at, shop),
        },
    }


def data_request_body(customer: Customer, shop: Shop, order_ids: list[int], request_id: int) -> dict[str, Any]:
    """Return the body of customers/data_request."""
    return {
        **_person(customer, shop),
        "orders_requested": order_ids,
        "data_request": {"id": request_id},
    }


def redact_body(customer: Customer, shop: Shop, order_ids: list[int]) -> dict[str, Any]:
    """Return the body of customers/redact."""
    return {**_person(customer, shop), "orders_to_redact": order_ids}


def _person(customer: Customer, shop: Shop) -> dict[str, Any]:
    return {
        "shop_id": shop.id,
        "shop_domain": shop.domain,
        "customer": {"id": customer.id, "email": customer.email, "phone": customer.phone},
    }
