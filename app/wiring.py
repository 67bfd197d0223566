"""The map: every route, webhook topic, subscriber and kind of work is named here and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from app import commands, ledger, readiness
from app.catalog import topics as catalog
from app.channels.smtp.address import parse as parse_smtp
from app.channels.smtp.phases import SmtpSender
from app.config import ROOT, Config, from_env
from app.customers import compliance, merge, push_consent
from app.customers import privacy as customers_privacy
from app.customers import topics as customers
from app.customers.compliance import Privacy
from app.customers.erase import CustomerErased
from app.customers.merge import CustomersMerged
from app.experiments import merged as exposures_merged
from app.experiments import privacy as experiments_privacy
from app.flows.pages.flow import routes_flow
from app.flows.pages.home import next_ask, routes_home
from app.flows.pages.look_back import routes_look_back
from app.flows.pages.people import routes_people
from app.flows.pages.replay import routes_replay
from app.flows.pages.settings import (
    routes_calendar,
    routes_deliveries,
    routes_measures,
    routes_seasons,
    routes_settings,
)
from app.flows.pages.start import routes_start
from app.flows.pages.steps import routes_flows, routes_preview, routes_sample
from app.flows.pages.why import routes_again, routes_why
from app.flows.planning import schedule, set_up
from app.flows.planning.changed import eased, erased, merged
from app.flows.planning.runs import look
from app.flows.replay.job import run as replay_run
from app.flows.sending import claim
from app.flows.syncing import sync
from app.flows.syncing.importing import begin as history
from app.flows.syncing.importing import run as history_run
from app.hot.front import Front
from app.kit import engines, errors, gateway_clock, log, periodic, queue, row_ids, runtime
from app.kit.periodic import Periodic
from app.kit.runtime import Runtime, Work
from app.messages import merged as messages_merged
from app.messages import privacy as messages_privacy
from app.messages.hits import apply as apply_hits
from app.messages.signed import routes as messages_routes
from app.messages.signed import routes_buy_again, routes_choices
from app.messages.signed.choose import ChoicesEased
from app.orders import topics as orders
from app.orders.arrival import watch
from app.orders.buyers import lives_on, named
from app.orders.buyers import merged as orders_merged
from app.orders.buyers import privacy as orders_privacy
from app.orders.lanes import rounds
from app.orders.record.told import BuyerChanged, OrderChanged
from app.reviews import merged as reviews_merged
from app.reviews import privacy as reviews_privacy
from app.reviews.desk import routes as reviews_admin
from app.reviews.page import routes as reviews_routes
from app.reviews.storefront import define_summary, let_stars, renew_storefront, standard_stars
from app.shopify import page_headers
from app.shopify.asking import file_store, gateway, outgoing
from app.shopify.entry import embedded_page, routes_auth
from app.shopify.webhooks import claim as webhook_claim
from app.shopify.webhooks import routes as routes_webhooks
from app.shopify.webhooks.apply import Delivery
from app.shops import access, arrive, redact, tokens, wipe_tokens
from app.shops import topics as shops
from app.shops.arrive import ShopConnected
from app.shops.find import shop_of_delivery
from app.shops.install import ShopInstalled, ShopUninstalled
from app.shops.topics import ScopesChanged

BLUEPRINTS: tuple[Blueprint, ...] = (
    readiness.blueprint,
    ledger.blueprint,
    routes_webhooks.blueprint,
    routes_auth.blueprint,
    messages_routes.blueprint,
    routes_choices.blueprint,
    routes_buy_again.blueprint,
    reviews_routes.blueprint,
    routes_home.blueprint,
    routes_start.blueprint,
    routes_flows.blueprint,
    routes_flow.blueprint,
    routes_preview.blueprint,
    routes_sample.blueprint,
    routes_look_back.blueprint,
    routes_replay.blueprint,
    routes_people.blueprint,
    reviews_admin.blueprint,
    routes_settings.blueprint,
    routes_measures.blueprint,
    routes_calendar.blueprint,
    routes_seasons.blueprint,
    routes_deliveries.blueprint,
    routes_why.blueprint,
    routes_again.blueprint,
)

TopicHandler = Callable[[Session, Delivery], None]

TOPICS: Mapping[str, Sequence[TopicHandler]] = {
    "orders/create": (orders.order_told,),
    "orders/paid": (orders.order_told,),
    "orders/updated": (orders.order_told,),
    "orders/cancelled": (orders.order_told,),
    "orders/edited": (orders.order_edited,),
    "orders/delete": (orders.order_deleted,),
    "fulfillments/create": (orders.fulfillment_told,),
    "fulfillments/update": (orders.fulfillment_told,),
    "fulfillment_events/create": (orders.fulfillment_event_told,),
    "fulfillment_events/delete": (orders.fulfillment_event_deleted,),
    "refunds/create": (orders.refund_told,),
    "returns/request": (orders.return_told,),
    "returns/approve": (orders.return_told,),
    "returns/decline": (orders.return_told,),
    "returns/cancel": (orders.return_told,),
    "returns/close": (orders.return_told,),
    "returns/reopen": (orders.return_told,),
    "returns/process": (orders.return_changed,),
    "returns/update": (orders.return_changed,),
    "products/create": (catalog.product_told,),
    "products/update": (catalog.product_told,),
    "products/delete": (catalog.product_deleted,),
    "collections/create": (catalog.collection_told,),
    "collections/update": (catalog.collection_told,),
    "collections/delete": (catalog.collection_deleted,),
    "customers/create": (customers.customer_told,),
    "customers/update": (customers.customer_told,),
    "customers/delete": (lives_on.buyer_deleted, customers.customer_deleted),
    "customers/merge": (merge.merge_told,),
    "customers_email_marketing_consent/update": (customers.consent_told,),
    "bulk_operations/finish": (history_run.bulk_finished,),
    "shop/update": (shops.shop_told,),
    "app/uninstalled": (shops.uninstalled,),
    "app/scopes_update": (shops.scopes_changed,),
    "customers/data_request": (named.data_requested, compliance.data_requested),
    "customers/redact": (named.customer_redacted, compliance.customer_redacted),
    "shop/redact": (redact.shop_redacted,),
}

SUBSCRIBERS: Mapping[type, Sequence[Callable[[Session, Any], None]]] = {
    BuyerChanged: (lives_on.buyer_changed,),
    OrderChanged: (schedule.order_changed,),
    ShopInstalled: (set_up.shop_installed, renew_storefront.shop_installed),
    ShopUninstalled: (wipe_tokens.shop_uninstalled,),
    ScopesChanged: (let_stars.scopes_changed, push_consent.scopes_changed, history.scopes_changed),
    ShopConnected: (
        define_summary.shop_connected,
        sync.shop_connected,
        history.shop_connected,
        rounds.shop_connected,
    ),
    ChoicesEased: (eased.choices_eased,),
    CustomersMerged: (
        orders_merged.customers_merged,
        messages_merged.customers_merged,
        reviews_merged.customers_merged,
        exposures_merged.customers_merged,
        merged.customers_merged,
    ),
    CustomerErased: (
        erased.customer_erased,
        reviews_privacy.customer_erased,
        messages_privacy.customer_erased,
        orders_privacy.customer_erased,
    ),
}

WORK: Sequence[Work] = (
    Work(queue.INBOX, webhook_claim.waiting, "app.shopify.webhooks.apply.apply_received"),
    Work(queue.INBOX, apply_hits.waiting, "app.messages.hits.apply.apply_hits"),
    Work(queue.SENDS, claim.waiting, "app.flows.sending.drain.drain", warm="app.flows.sending.drain.make_ready"),
    Work(queue.BULK, webhook_claim.waiting_aside, "app.shopify.webhooks.apply.apply_aside"),
    Work(queue.BULK, outgoing.waiting, "app.shopify.asking.outgoing.run_due"),
    Work(queue.BULK, look.waiting, "app.flows.planning.runs.look.run_due"),
    Work(queue.BULK, sync.waiting, "app.flows.syncing.sync.run_due"),
    Work(queue.BULK, history_run.waiting, "app.flows.syncing.importing.run.run_due"),
    Work(queue.BULK, replay_run.waiting, "app.flows.replay.job.run.run_due"),
    Work(queue.BULK, rounds.waiting, "app.orders.lanes.rounds.run_due"),
    Work(queue.BULK, watch.waiting, "app.orders.arrival.watch.run_due"),
    Work(queue.BULK, periodic.waiting, "app.kit.periodic.run_due"),
)

CALLERS: Mapping[str, outgoing.Runner] = {
    "definitions": define_summary.define,
    "email_consent": push_consent.write_unsubscribe,
    "review_summary": renew_storefront.renew,
    "standard_stars": standard_stars.write_standard_stars,
}

PRIVACY: Sequence[Privacy] = (
    Privacy("customers", customers_privacy.export),
    Privacy("orders", orders_privacy.export),
    Privacy("messages", messages_privacy.export),
    Privacy("reviews", reviews_privacy.export),
    Privacy("experiments", experiments_privacy.export),
)

DAILY = timedelta(days=1)

PERIODIC: Mapping[str, Periodic] = {
    "expire_decisions": Periodic(DAILY, "app.flows.planning.expire_decisions.expire_decisions"),
    "expire_hits": Periodic(DAILY, "app.messages.hits.expire.expire_hits"),
    "expire_order_events": Periodic(DAILY, "app.orders.expire_events.expire_events"),
    "expire_webhooks": Periodic(DAILY, "app.shopify.webhooks.expire.expire_webhooks"),
    "look_back": Periodic(timedelta(minutes=15), "app.flows.planning.look_back.campaign.recruit"),
    "publish_held_reviews": Periodic(timedelta(hours=1), "app.reviews.desk.publish_due.publish_due"),
    "renew_ageing_tokens": Periodic(DAILY, "app.shops.renew_ageing.renew_ageing"),
    "retime": Periodic(timedelta(minutes=5), "app.flows.planning.changed.retime.retime_due"),
    "start_by_calendar": Periodic(timedelta(hours=1), "app.flows.planning.runs.watch.watch"),
    "sweep": Periodic(timedelta(minutes=1), "app.flows.sending.sweep.sweep"),
    "watch_all": Periodic(timedelta(minutes=1), "app.flows.sending.circuit.watch_all"),
}


def build_runtime(config: Config, *, pool_size: int = 5) -> Runtime:
    """Return this process's runtime; nothing connects yet."""
    smtp = parse_smtp(config.smtp_url)
    return Runtime(
        config=config,
        engines=engines.make(config.database_url, config.system_database_url, pool_size=pool_size),
        doorbell=queue.Doorbell(config.redis_url),
        topics=TOPICS,
        subscribers=SUBSCRIBERS,
        work=WORK,
        parts={
            "access_lost": access.lose_access,
            "admin": tokens.admin_client,
            "before_tick": (gateway_clock.follow,),
            "callers": CALLERS,
            "files": file_store.open_files(config.gateway_url),
            "http": gateway.open_client(config.gateway_url),
            "merchant_arrived": arrive.merchant_arrived,
            "next_ask": next_ask.next_ask,
            "periodic": PERIODIC,
            "privacy": PRIVACY,
            "restored": (sync.begin_all,),
            "shop_connected": arrive.shop_connected,
            "shop_of_delivery": shop_of_delivery,
            "transport": lambda: SmtpSender(
                smtp, urlsplit(config.app_url).hostname or "localhost", signing=config.dkim
            ),
        },
    )


def create_app(config: Config | None = None) -> Flask:
    """Return the Flask app, wired. Opens no connection, so that a start never waits for a database."""
    log.configure()
    runtime.install(build_runtime(config or from_env(os.environ)))
    return make_flask()


def make_flask() -> Flask:
    """Return the Flask app: whatever runtime is installed when it is asked answers."""
    app = Flask("welltimed", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.url_map.merge_slashes = False  # a link with a slash too many is unknown like any other, not moved
    row_ids.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    errors.register(app)
    page_headers.register(app)
    embedded_page.register(app)
    commands.register(app)
    return app


def put_hot_paths_in_front(app: Flask) -> Front:
    """Let the thin layer answer what is asked most; whatever it does not know, it hands to Flask."""
    front = Front(app.wsgi_app, runtime.current())
    app.wsgi_app = front  # type: ignore[method-assign] # how Flask documents it
    return front
