"""Settings of Stripe, and the facts about what was captured."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from genesis import Fact
from genesis_terminals.captures import CaptureFact

ME = "stripe"


class StripeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which reader this store uses, and how Stripe is spoken to."""

    reader: Annotated[str, Meta(title="Reader", description="As `genesis stripe readers` lists it", max_length=100)] = (
        ""
    )
    key: Annotated[str, Meta(title="Secret key", extra={"secret": True})] = ""
    webhook_secret: Annotated[str, Meta(title="Signing secret of the webhook", extra={"secret": True})] = ""
    tips: Annotated[
        Literal["off", "till", "reader", "after"],
        Meta(
            title="Tips",
            description="till: typed before the card is charged; reader: the customer chooses there; "
            "after: typed once the card is authorised",
        ),
    ] = "off"
    over_capture: Annotated[
        int,
        Meta(
            title="Percent above the authorisation",
            ge=0,
            le=100,
            description="A tip after it, as far as your agreement with Stripe and the card allow",
        ),
    ] = 0
    interac: Annotated[
        bool, Meta(title="Take Interac", description="Canada: debit cards; their refunds need the card at the reader")
    ] = False
    show_cart: Annotated[bool, Meta(title="Show the cart on the reader")] = False
    address: Annotated[
        str, Meta(title="Address of the service", description="Empty: Stripe itself", max_length=200)
    ] = ""


class StripeCaptured(CaptureFact, frozen=True, kw_only=True):
    """What the card was charged for a sale was taken for good (minor units)."""

    kind: ClassVar[str] = "stripe.captured"


class StripeNotCaptured(CaptureFact, frozen=True, kw_only=True):
    """Stripe will not hand over the money of a recorded sale; somebody must look into it."""

    kind: ClassVar[str] = "stripe.not_captured"
    reason: str


class StripeSettled(Fact, frozen=True, kw_only=True):
    """Somebody looked into a payment that was not captured; reason: what came of it."""

    kind: ClassVar[str] = "stripe.settled"
    attempt: str
    reference: str
    reason: str
