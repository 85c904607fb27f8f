"""Settings of Adyen."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from genesis import Fact
from genesis_terminals.captures import CaptureFact

ME = "adyen"
LINK = "adyen_link"  # the way to pay by a link
PSP = "adyen.psp"  # guard space: attempt -> what Adyen calls its payment
HELD = "adyen.held"  # guard space: attempts sent as a pre-authorisation
SENT = "adyen.terminal"  # guard space: attempt -> the terminal it was sent to
Text = Annotated[str, Meta(max_length=200)]


class AdyenSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which terminal this store uses, and the way to it."""

    terminal: Annotated[Text, Meta(title="Card terminal", description="POIID: model and serial number")] = ""
    way: Annotated[
        Literal["cloud", "local"],
        Meta(title="Way to the terminal", description="cloud: through Adyen; local: over the shop's network"),
    ] = "cloud"
    environment: Annotated[
        Literal["test", "live", "live-us", "live-au", "live-apse"], Meta(title="Adyen's environment")
    ] = "test"
    merchant: Annotated[Text, Meta(title="Merchant account")] = ""
    api_key: Annotated[str, Meta(title="API key", extra={"secret": True})] = ""
    address: Annotated[
        Text,
        Meta(title="Address of the terminal", description="Local: such as https://192.168.1.20:8443. Cloud: empty"),
    ] = ""
    authority: Annotated[str, Meta(title="Adyen's root certificate for terminals (file)", max_length=400)] = ""
    key_id: Annotated[Text, Meta(title="Identifier of the shared key")] = ""
    key_version: Annotated[int, Meta(title="Version of the shared key", ge=0, le=9_999)] = 1
    passphrase: Annotated[str, Meta(title="Passphrase of the shared key", extra={"secret": True})] = ""
    tips: Annotated[
        Literal["off", "till", "reader", "after"],
        Meta(
            title="Tips",
            description="till: typed before the card is charged; reader: the customer chooses there; "
            "after: typed once the card is authorised",
        ),
    ] = "off"
    pre_authorise: Annotated[
        bool,
        Meta(
            title="Take the money with the sale",
            description="The card is authorised first: captured when the sale is recorded, let go when it is given up",
        ),
    ] = False
    over_capture: Annotated[
        int,
        Meta(
            title="Percent above the authorisation",
            ge=0,
            le=100,
            description="A tip after it, as far as your agreement with Adyen and the card allow",
        ),
    ] = 0
    show_cart: Annotated[bool, Meta(title="Show the cart on the terminal")] = False
    links: Annotated[bool, Meta(title="Offer payment links")] = False
    link_minutes: Annotated[int, Meta(title="A link is open for so many minutes", ge=5, le=1_440)] = 20
    hmac_key: Annotated[str, Meta(title="HMAC key of the webhook", extra={"secret": True})] = ""
    live_prefix: Annotated[Text, Meta(title="Prefix of the live addresses", description="Links only")] = ""
    checkout_address: Annotated[
        Text, Meta(title="Address of the links' service", description="Empty: Adyen itself")
    ] = ""
    report_key: Annotated[
        str,
        Meta(
            title="API key of the report user",
            description="Payments are compared with Adyen's daily report",
            extra={"secret": True},
        ),
    ] = ""
    reports_address: Annotated[Text, Meta(title="Address of the reports", description="Empty: Adyen itself")] = ""


class AdyenSent(Fact, frozen=True, kw_only=True):
    """A payment or refund goes to this terminal now; durable before its first byte. Only that one knows of it."""

    kind: ClassVar[str] = "adyen.sent"
    attempt: str
    terminal: str


class AdyenCaptured(CaptureFact, frozen=True, kw_only=True):
    """Adyen took the order to capture what a card authorised for a sale; its webhook tells where that fails."""

    kind: ClassVar[str] = "adyen.captured"


class AdyenNotCaptured(CaptureFact, frozen=True, kw_only=True):
    """Adyen will not capture the money of a recorded sale; somebody must look into it."""

    kind: ClassVar[str] = "adyen.not_captured"
    reason: str


class AdyenSettled(Fact, frozen=True, kw_only=True):
    """Somebody looked into a payment that was not captured; reason: what came of it."""

    kind: ClassVar[str] = "adyen.settled"
    attempt: str
    reference: str
    reason: str
