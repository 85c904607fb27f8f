"""Which commands of the till can be done here: what a permission or a plugin does not allow is absent, not dead."""

from __future__ import annotations

from genesis.hooks import cart as cart_specs, pricing as price_specs
from genesis.plugin.app import App

CUSTOMERS = "customers_customer"  # the records of customers
PERMISSIONS = {
    "sale.pay": "register.sell",
    "line.quantity": "register.sell",
    "line.price": "register.override_price",
    "line.discount": "register.discount",
    "cart.discount": "register.discount",
    "line.extras": "register.sell",
    "line.void": "register.void_line",
    "cart.hold": "register.hold",
    "cart.split": "register.hold",
    "cart.recall": "register.hold",
    "cart.cancel": "register.cancel",
    "sale.return": "register.return",
    "return.loose": "register.return_without_receipt",
    "receipt.reprint": "register.reprint",
    "customer.attach": "register.sell",
    "drawer.open": "register.open_drawer",
    "till.training": "register.training",
}


def within_reach(app: App, permission: str) -> bool:
    """Tell whether who is signed in may, or can have somebody approve it."""
    permissions = app.pos.permissions
    return not permissions.reason(app.actor, permission) or bool(permissions.approvers(permission))


def offers(app: App, command: str) -> bool:
    """Tell whether permissions and plugins allow a command; what somebody else can approve is there too."""
    permission = PERMISSIONS.get(command)
    if permission is None or not within_reach(app, permission):
        return False
    if command.endswith(".discount"):
        return bool(app.pos.hooks.implemented(price_specs.adjustments))
    if command == "line.extras":
        return bool(app.pos.hooks.implemented(cart_specs.comes_with))
    if command == "drawer.open":
        return bool(app.pos.devices.of("drawer"))
    return command != "customer.attach" or CUSTOMERS in app.records
