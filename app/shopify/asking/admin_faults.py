"""The ways an Admin API request can end other than well."""

from __future__ import annotations

from dataclasses import dataclass


class AdminFault(Exception):
    """Say what went wrong. No text of these holds personal data or a token."""


class Throttled(AdminFault):
    """Say that the shop's budget is spent for now."""

    def __init__(self, retry_after_s: float) -> None:
        """Take the seconds until there is enough again."""
        super().__init__(f"throttled for {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


class TokenRefused(AdminFault):
    """Say that the token opens nothing any more: uninstalled, or revoked. The caller decides which."""


class AccessDenied(AdminFault):
    """Say that a scope or the approval for protected customer data is missing for all that was asked.

    `unapproved` tells the second from the first: the merchant has granted the scopes, Shopify has not opened the data.
    """

    def __init__(self, name: str, *, unapproved: bool = False) -> None:
        """Take what was asked for."""
        super().__init__(name)
        self.unapproved = unapproved


class ShopClosed(AdminFault):
    """Say that the shop answers nobody: frozen, locked, gone."""


class Unreachable(AdminFault):
    """Say that no usable answer came: network, timeouts, 5xx, a page instead of JSON. Worth another try later.

    A change may have been made all the same.
    """


class Rejected(AdminFault):
    """Say that Shopify does not accept the request itself: a fault of ours, not worth another try."""


@dataclass(frozen=True, slots=True)
class UserError:
    """Hold one reason Shopify gives for not doing what was asked."""

    field: tuple[str, ...]
    code: str
    message: str


class UserErrors(AdminFault):
    """Say that Shopify understood a change and would not make it. `errors` may quote what was sent: do not log them."""

    def __init__(self, name: str, errors: tuple[UserError, ...]) -> None:
        """Take the document's name and the reasons."""
        super().__init__(f"{name}: {', '.join(sorted({error.code for error in errors}))}")
        self.errors = errors

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes given, such as TAKEN."""
        return frozenset(error.code for error in self.errors)
