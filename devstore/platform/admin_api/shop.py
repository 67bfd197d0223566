"""Answer for the shop and the app's installation in it."""

from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.field import attributes, computed, field
from devstore.platform.app_file import read_app_file
from devstore.platform.scopes import reason
from devstore.state.models import Shop, gid

attributes("Domain", "id", "host", "sslEnabled", "url")
attributes("ShopPlan", "partnerDevelopment", "publicDisplayName", "shopifyPlus")
attributes(
    "ShopAddress",
    *("id", "address1", "address2", "city", "company", "country", "countryCodeV2"),
    *("phone", "province", "provinceCode", "zip"),
)
attributes("Shop", "name", "email", "contactEmail", "ianaTimezone", "description", "createdAt", "updatedAt")
attributes("AccessScope", "handle", "description")
attributes("App", "id", "title", "handle")


@field("QueryRoot", "shop")
def shop(_: Any, call: Call, args: dict[str, Any]) -> Any:
    """Return the shop the request was sent to."""
    return call.shop


@field("QueryRoot", "currentAppInstallation")
def installation(_: Any, call: Call, args: dict[str, Any]) -> Any:
    """Return the calling app's installation."""
    return call.installation


def _primary_domain(row: Shop, call: Call) -> dict[str, Any]:
    host = call.settings.origin.removeprefix("http://")
    return {"id": gid("Domain", row.id + 3), "host": host, "sslEnabled": False, "url": call.store_url}


def _address(row: Shop, call: Call) -> dict[str, Any]:
    return {
        "id": gid("ShopAddress", row.id),
        "address1": row.address1,
        "address2": None,
        "city": row.city,
        "company": row.name,
        "country": row.country,
        "countryCodeV2": row.country_code,
        "phone": row.phone,
        "province": row.province,
        "provinceCode": row.province_code,
        "zip": row.zip,
    }


computed(
    "Shop",
    id=lambda row, call: gid("Shop", row.id),
    myshopifyDomain=lambda row, call: row.domain,
    primaryDomain=_primary_domain,
    url=lambda row, call: call.store_url,
    currencyCode=lambda row, call: row.currency,
    shopOwnerName=lambda row, call: row.owner,
    shopAddress=_address,
    plan=lambda row, call: {
        "partnerDevelopment": True,
        "publicDisplayName": row.plan.title(),
        "shopifyPlus": row.plan == "plus",
    },
)
computed(
    "AppInstallation",
    id=lambda row, call: gid("AppInstallation", row.shop_id),
    accessScopes=lambda row, call: [{"handle": scope, "description": reason(scope)} for scope in row.scopes],
    app=lambda row, call: the_app(call),
    launchUrl=lambda row, call: f"{call.settings.origin}/admin/{call.shop.handle}/apps/{the_app(call)['handle']}",
    uninstallUrl=lambda row, call: None,
)


def the_app(call: Call) -> dict[str, Any]:
    """Return the calling app."""
    app = read_app_file(call.settings.app_folder)
    return {"id": gid("App", call.app_id), "title": app.name, "handle": app.handle}
