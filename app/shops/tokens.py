"""Keep each shop's living token pair, sealed, and renew it before it ends: one renewal at a time, committed at once.

A renewal is its own transaction: what Shopify issued must not be lost because the job around it fails later.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Config
from app.kit import crypt, fault
from app.kit.clock import real_now
from app.kit.errors import Unavailable
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.shopify import gateway, refresh
from app.shopify.admin import WORKER_PATIENCE_S, AdminClient
from app.shopify.token_pair import GrantRefused, TokenPair, is_due
from app.shops import install
from app.shops.models import AccessToken, Shop, ShopStatus
