"""Answer the app's token requests: exchange, refresh and code, by the shop in the Host header."""

import hmac
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from devstore.clock.now import real_now
from devstore.config import Settings, settings
from devstore.platform.hosts import shop_of_host
from devstore.platform.issue import InvalidGrant, issue, redeem, refresh, token_answer
from devstore.platform.sign import BadIdToken, read_id_token
from devstore.platform.tables import Installation, Token
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop

blueprint = Blueprint("platform_oauth", __name__)

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105  the name of a kind of token
MODES = {
    "urn:shopify:params:oauth:token-type:offline-access-token": "offline",
    "urn:shopify:params:oauth:token-type:online-access-token": "online",
}


class Refused(Exception):
    """The request ends with this OAuth error."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


@blueprint.post("/admin/oauth/access_token")
def access_token() -> Response:
    """Answer 200 with a token, or 400 with the OAuth error Shopify would name."""
    body = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    try:
        with unit_of_work() as session:
            return _answer(session, body, settings(), real_now())
    except Refused as refusal:
        answer = jsonify(error=refusal.code, error_description=refusal.description)
        answer.status_code = 400
        return answer


def _answer(session: Session, body: object, told: Settings, now: datetime) -> Response:
    if not isinstance(body, dict):
        raise Refused("invalid_request", "The body must be a JSON object or a form.")
    shop = shop_of_host(session, request.host)
    if shop is None:
        raise Refused("invalid_client", "There is no shop at this address.")
    installation = _client(session, shop, body, told)
    token = _token(session, shop, body, told, now)
    answer = jsonify(token_answer(token, shop, list(installation.scopes), now=now))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _client(session: Session, shop: Shop, body: dict[str, Any], told: Settings) -> Installation:
    given_id, given_secret = str(body.get("client_id", "")), str(body.get("client_secret", ""))
    known = hmac.compare_digest(given_id.encode(), told.api_key.encode()) and hmac.compare_digest(
        given_secret.encode(), told.api_secret.encode()
    )
    installation = session.get(Installation, shop.id)
    if not known or installation is None or not shop.installed:
        raise Refused("invalid_client", "The credentials are wrong, or the app is not installed in this shop.")
    return installation


def _token(session: Session, shop: Shop, body: dict[str, Any], told: Settings, now: datetime) -> Token:
    expiring = str(body.get("expiring", "0")).lower() in {"1", "true"}
    grant = body.get("grant_type")
    try:
        if grant == EXCHANGE:
            mode = MODES.get(str(body.get("requested_token_type")))
            if mode is None or body.get("subject_token_type") != ID_TOKEN:
                raise Refused("invalid_request", "The token types must be an ID token and an access token.")
            read_id_token(
                str(body.get("subject_token", "")),
                shop_domain=shop.domain,
                client_id=told.api_key,
                secret=told.api_secret,
                now=now,
            )
            return issue(session, shop.id, mode=mode, expiring=expiring, now=now)
        if grant == "refresh_token":
            return refresh(session, shop.id, str(body.get("refresh_token", "")), now=now)
        if grant is None or grant == "authorization_code":
            mode = redeem(session, shop.id, str(body.get("code", "")), now=now)
            return issue(session, shop.id, mode=mode, expiring=expiring, now=now)
    except BadIdToken as fault:
        raise Refused("invalid_subject_token", f"The ID token does not hold: {fault}.") from fault
    except InvalidGrant as fault:
        raise Refused("invalid_grant", f"The grant does not hold: {fault}.") from fault
    raise Refused("unsupported_grant_type", "Only token exchange, refresh and authorization code are known.")
