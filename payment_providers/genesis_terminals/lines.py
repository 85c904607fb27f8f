"""Tells a line that was never made from one that was lost: only the first did surely nothing."""

from __future__ import annotations

_NEVER = {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}  # as urllib3 calls them


def never_connected(error: BaseException) -> bool:
    """Tell whether a vendor's library could not even connect; it wraps that error several times over."""
    seen: BaseException | None = error
    while seen is not None:
        reasons = [getattr(found, "reason", None) for found in (seen, *seen.args)]
        if _NEVER & {type(reason).__name__ for reason in reasons}:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
