"""The rules of North American coupons: (8110) as GS1 US laid it out first, (8112) as it is now.

A coupon is digits alone, field after field; a field of open length has a digit before it that says how long it is.
"""

from __future__ import annotations

from genesis_barcodes.dates import is_day

PREFIX = 6  # what a company prefix and a serial number have beyond their length digit
SIX, FIVE, NONE = "0123456", "12345", "9"


class CouponFault(ValueError):
    """A field that cannot be; its text says which."""


class Fields:
    """The digits of a coupon, taken field by field."""

    def __init__(self, digits: str) -> None:
        if not (digits.isascii() and digits.isdigit()):
            raise CouponFault("is not all digits")
        self.rest = digits

    def take(self, length: int, what: str) -> str:
        """Take a field of fixed length."""
        if len(self.rest) < length:
            raise CouponFault(f"ends within its {what}")
        field, self.rest = self.rest[:length], self.rest[length:]
        return field

    def one(self, allowed: str, what: str) -> str:
        """Take one digit out of those that are allowed."""
        digit = self.take(1, what)
        if digit not in allowed:
            raise CouponFault(f"cannot have {digit} as {what}")
        return digit

    def sized(self, allowed: str, what: str, more: int = 0) -> None:
        """Take a field behind its length digit."""
        self.take(int(self.one(allowed, f"length of its {what}")) + more, what)

    def day(self, what: str, year: int) -> str:
        """Take a day."""
        field = self.take(6, what)
        if not is_day(field, year):
            raise CouponFault(f"has no {what} {field}")
        return field

    def has(self, digit: str) -> bool:
        """Tell whether the next digit is this one, and take it then."""
        there = self.rest.startswith(digit)
        self.rest = self.rest[1:] if there else self.rest
        return there

    def end(self) -> None:
        """Refuse what is left."""
        if self.rest:
            raise CouponFault(f"has {self.rest[:10]} after its last field")


def read_coupon(digits: str, year: int) -> None:
    """Check a coupon of (8110); raises CouponFault."""
    fields = Fields(digits)
    fields.sized(SIX, "company prefix", PREFIX)
    fields.take(6, "offer code")
    fields.sized(FIVE, "save value")
    _purchase(fields, "first")
    if fields.has("1"):
        fields.one("0123", "rule of additional purchases")
        _purchase(fields, "second")
        _prefix_or_none(fields, "company prefix of the second purchase")
    if fields.has("2"):
        _purchase(fields, "third")
        _prefix_or_none(fields, "company prefix of the third purchase")
    ends = fields.day("last day", year) if fields.has("3") else ""
    if fields.has("4"):
        starts = fields.day("first day", year)
        if ends and starts > ends:
            raise CouponFault(f"ends on {ends}, before it starts on {starts}")
    if fields.has("5"):
        fields.sized("0123456789", "serial number", PREFIX)
    if fields.has("6"):
        fields.sized("1234567", "company prefix of the retailer", PREFIX)
    if fields.has("9"):
        fields.one("01256", "kind of save value")
        fields.one("012", "item the value applies to")
        fields.take(1, "store flag")
        fields.one("01", "flag against multiplying")
    fields.end()


def _purchase(fields: Fields, which: str) -> None:
    fields.sized(FIVE, f"requirement of the {which} purchase")
    fields.one("012349", f"kind of requirement of the {which} purchase")
    fields.take(3, f"family code of the {which} purchase")


def _prefix_or_none(fields: Fields, what: str) -> None:
    if not fields.has(NONE):
        fields.sized(SIX, what, PREFIX)


def read_offer(digits: str, _year: int) -> None:
    """Check a coupon of (8112); raises CouponFault."""
    fields = Fields(digits)
    fields.one("01", "format")
    fields.sized(SIX, "funder", PREFIX)
    fields.take(6, "offer code")
    fields.sized("0123456789", "serial number", PREFIX)
    fields.end()
