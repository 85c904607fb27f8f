"""A card provider that answers late, loses replies, declines, and keeps books of its own."""

from __future__ import annotations

from genesis import Discrepancy, NotSent, Outcome, Veto, hookimpl


class Books:
    """What the provider believes: attempt id -> amount charged. `script` says how the next attempts go."""

    def __init__(self):
        self.charged: dict[str, int] = {}
        self.script: list[str] = []
        self.tips = ""  # "after": a fifth more than is authorised can be captured
        self.polls = 0


class SlowCard:
    id, title, icon, cash = "slow_card", "Card", "credit-card", False
    interval, patience = 0.005, 0.5

    def __init__(self, books):
        self.books = books
        self._plan: dict[str, str] = {}

    @property
    def tips(self):
        return self.books.tips

    def start(self, attempt):
        plan = self._plan[attempt.id] = self.books.script.pop(0) if self.books.script else "ok"
        if plan == "offline":
            raise NotSent("the terminal is offline")
        if plan in {"ok", "signed", "late", "lost after charge", "garbage", "cancel too late"}:
            self.books.charged.setdefault(attempt.id, attempt.amount)
        if plan == "partial":
            self.books.charged.setdefault(attempt.id, attempt.amount // 2)
        if plan.startswith("lost"):
            raise ConnectionError("the line was cut")

    def poll(self, attempt):
        self.books.polls += 1
        plan = self._plan[attempt.id]
        if plan == "garbage":
            return "yes"
        if plan == "declined":
            return Outcome(state="declined", reason="insufficient funds")
        if plan in {"late", "never", "cancel too late"}:
            return None
        return self.query(attempt)

    def cancel(self, attempt):
        if self._plan[attempt.id] == "never":
            self._plan[attempt.id] = "cancelled"

    def query(self, attempt):
        if self._plan.get(attempt.id) == "never":
            return Outcome(state="unknown", reason="no answer")
        charged = self.books.charged.get(attempt.id)
        if self._plan.get(attempt.id) == "declined":
            return Outcome(state="declined", reason="insufficient funds")
        if charged is None:
            return Outcome(state="cancelled" if self._plan.get(attempt.id) == "cancelled" else "failed")
        state = "approved" if charged == attempt.amount else "partial"
        signed = {"signature": "asked"} if self._plan.get(attempt.id) == "signed" else {}
        return Outcome(state=state, amount=charged, reference=f"ref-{attempt.id[-4:]}",
                       most=charged * 6 // 5 if self.books.tips and charged > 0 else 0,
                       details={"last4": "4242"} | signed)  # fmt: skip


class CardPlugin:
    def __init__(self):
        self.books = Books()

    @hookimpl
    def payment_methods(self, pos):
        return [SlowCard(self.books)]

    @hookimpl
    def filter_methods(self, pos, cart, priced):
        return {"slow_card"} if cart.note == "cash only" else None

    @hookimpl
    def check_payment(self, pos, cart, method, amount):
        if method == "slow_card" and amount < 100:
            raise Veto("cards from 1.00", "take cash")

    @hookimpl
    def check_refund(self, pos, sale, method, amount):
        if method == "slow_card" and amount > 100_000:
            raise Veto("too much for a refund by card")

    @hookimpl
    def reconcile(self, pos, day):
        return [Discrepancy(method="slow_card", reference="x", ours=0, theirs=1, text="one more there")]


plugin = CardPlugin()
