"""Which key means which command, as data that a shop can change."""

from __future__ import annotations

from collections.abc import Mapping

from genesis.shell.words import _

# context -> command -> keys. A context is what a screen or dialog calls itself; "any" holds everywhere.
Keys = Mapping[str, Mapping[str, tuple[str, ...]]]
DEFAULT: Keys = {
    "any": {
        "help": ("F1",), "window.fullscreen": ("F11",), "undo": ("Ctrl+Z",), "actions.open": ("Ctrl+K",),
        "till.lock": ("Ctrl+L",),
    },
    "sell": {
        "scan.focus": ("F2",), "customer.attach": ("F3",), "line.quantity": ("F4",), "line.price": ("F5",),
        "line.discount": ("F6",), "line.note": ("Ctrl+E",), "line.why": ("Ctrl+I",), "line.extras": ("Ctrl+O",),
        "cart.hold": ("F7",), "cart.recall": ("F8",), "cart.split": ("Shift+F7",), "sale.return": ("F9",),
        "drawer.open": ("F10",), "sale.pay": ("F12",), "line.void": ("Delete",), "cart.discount": ("Shift+F6",),
        "cart.cancel": ("Shift+Delete",), "receipt.reprint": ("Ctrl+P",), "select.up": ("Up",),
        "select.down": ("Down",), "tiles.next": ("Next",), "tiles.previous": ("Prior",),
        "scan.submit": ("Return", "KP_Enter"), "scan.clear": ("Escape",),
    },
    "payment": {
        "payment.back": ("Escape",), "payment.complete": ("Return", "KP_Enter"), "amount.back": ("BackSpace",),
        "amount.clear": ("Delete",), "payment.stop": ("F10",), "payment.receipt": ("Ctrl+P",),
        "payment.split": ("F6",), "payment.tip": ("F9",), "payment.take_back": ("F8",),
        **{f"payment.method.{n}": (f"Alt+{n}",) for n in range(1, 10)},
    },
    "receipt": {"receipt.next": ("Return", "KP_Enter", "Escape", "F12"), "receipt.reprint": ("Ctrl+P",)},
    "number": {
        "dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",), "amount.back": ("BackSpace",),
        "amount.clear": ("Delete",), "amount.unit": ("Tab",),
    },
    "pick": {
        "dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",), "select.up": ("Up",),
        "select.down": ("Down",),
    },
    "return": {
        "dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",), "select.up": ("Up",),
        "select.down": ("Down",), "return.more": ("Right", "plus"), "return.less": ("Left", "minus"),
        "return.loose": ("F9",),
    },
    "form": {
        "dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",), "form.next": ("Tab",),
        "form.previous": ("Shift+Tab",),
    },
    "list": {
        "page.back": ("Escape",), "select.up": ("Up",), "select.down": ("Down",), "page.up": ("Prior",),
        "page.down": ("Next",), "page.first": ("Home",), "page.last": ("End",), "row.open": ("Return", "KP_Enter"),
        "row.mark": ("Insert",), "rows.all": ("Ctrl+A",), "page.search": ("slash", "F2"), "drawer.save": ("Ctrl+S",),
        "page.new": ("Ctrl+N",), "form.next": ("Tab",), "form.previous": ("Shift+Tab",),
    },
    "ask": {"dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",)},
    "document": {"dialog.accept": ("Return", "KP_Enter"), "dialog.close": ("Escape",), "document.print": ("Ctrl+P",)},
    "sign_in": {"sign_in.enter": ("Return", "KP_Enter")},
    "page": {"page.back": ("Escape",)},
}  # fmt: skip


class KeyMap:
    """The keys of one till. changes: command -> keys that replace the default ones in every context."""

    def __init__(self, changes: Mapping[str, tuple[str, ...]] | None = None, keys: Keys = DEFAULT) -> None:
        changes = changes or {}
        self._keys = {
            context: {command: changes.get(command, own) for command, own in commands.items()}
            for context, commands in keys.items()
        }
        self._commands = {
            context: {key: command for command, keys in commands.items() for key in keys}
            for context, commands in self._keys.items()
        }

    def add(self, context: str, command: str, key: str) -> bool:
        """Give a command of a plugin its key; a key that is taken keeps its meaning (returns False)."""
        taken = self._commands.setdefault(context, {})
        if not key or key in taken:
            return False
        taken[key] = command
        self._keys.setdefault(context, {})[command] = (key,)
        return True

    def command(self, context: str, key: str) -> str:
        """Return the command behind a key, "" for none."""
        return self._commands.get(context, {}).get(key) or self._commands["any"].get(key, "")

    def cap(self, context: str, command: str) -> str:
        """Return the first key of a command as it is shown to people, "" where it has none."""
        keys = self._keys.get(context, {}).get(command) or self._keys["any"].get(command) or ()
        return shown(keys[0]) if keys else ""


def shown(key: str) -> str:
    """Write a key as people know it."""
    names = {
        "Return": _("Enter"),
        "Escape": _("Esc"),
        "Delete": _("Del"),
        "Tab": _("Tab"),
        "space": _("Space"),
        "Prior": _("PgUp"),
        "Next": _("PgDn"),
        "Ctrl": _("Ctrl"),
        "Shift": _("Shift"),
        "Alt": _("Alt"),
        "slash": "/",
    }
    *modifiers, last = key.split("+")
    return " ".join(names.get(part, part) for part in (*modifiers, last))
