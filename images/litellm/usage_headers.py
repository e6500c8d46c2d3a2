"""How a caller is told what is left: headers on every good answer, and `GET /api/oauth/usage`.

Both in the words of Claude Code's gateway protocol (`claude gateway`, GET /protocol).
"""

import math
from typing import Any

from caps import Cap, tightest

Headers = list[tuple[bytes, bytes]]
UNIFIED = "anthropic-ratelimit-unified-"
THRESHOLDS = (0.95, 0.75)


def encoded(headers: dict[str, str]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def usage_headers(caps: list[Cap], extra_cost: float = 0.0) -> dict[str, str]:
    """Of the fullest cap. `extra_cost` in US dollars: the answer's own, where LiteLLM has not counted it yet."""
    cap = tightest(caps, extra_cost)
    if cap is None:
        return {}
    used = cap.used_with(extra_cost)
    # Below 1 while requests are allowed; rounded down, or 0.996 would say that all is gone. 1e-9: 0.29 / 1 * 100 is 28.999…
    shown = min(math.floor(used * 100 + 1e-9) / 100, 0.99)
    threshold = next((each for each in THRESHOLDS if shown >= each), None)
    status = "allowed_warning" if threshold else "allowed"
    return {
        f"{UNIFIED}status": status,
        f"{UNIFIED}representative-claim": "overage",
        f"{UNIFIED}overage-status": status,
        f"{UNIFIED}overage-utilization": f"{shown:.2f}",
        **({f"{UNIFIED}overage-surpassed-threshold": f"{threshold:.2f}"} if threshold else {}),
        **reset_headers(cap),
    }


def reset_headers(cap: Cap) -> dict[str, str]:
    reset = cap.reset_seconds
    return {} if reset is None else {f"{UNIFIED}reset": str(reset), f"{UNIFIED}overage-reset": str(reset)}


def rejected_headers(cap: Cap) -> dict[str, str]:
    """Of a request that is refused for a spent cap, without `retry-after`."""
    shared = cap.kind == "team"
    return {
        "x-should-retry": "false",
        f"{UNIFIED}status": "rejected",
        **reset_headers(cap),
        f"{UNIFIED}overage-utilization": "1",
        f"{UNIFIED}overage-surpassed-threshold": "1",
        # What a group shares has the shape of a monthly cap, whatever its window.
        f"{UNIFIED}overage-period": "monthly" if shared else cap.period,
        f"{UNIFIED}overage-disabled-reason": "org_spend_cap_reached",
        **({f"{UNIFIED}overage-scope": "group_pool"} if shared else {}),
    }


def usage_report(caps: list[Cap], spent: float) -> dict[str, Any]:
    """The body of `GET /api/oauth/usage`: cents and whole percents. `spent`: US dollars of a key without a cap."""
    cap = tightest(caps)
    if cap is None:
        usage = {"monthly_limit": None, "used_credits": cents(spent), "utilization": None}
        return {"extra_usage": {"is_enabled": True, **usage, "currency": "USD"}, "limits": []}
    usage = {"monthly_limit": cents(cap.limit), "used_credits": cents(cap.spent), "utilization": percent(cap)}
    return {
        "extra_usage": {"is_enabled": True, **usage, "currency": "USD"},
        "limits": [limit_row(each, each is cap) for each in caps],
    }


def limit_row(cap: Cap, active: bool) -> dict[str, Any]:
    resets = None if cap.resets_at is None else f"{cap.resets_at.strftime('%Y-%m-%dT%H:%M:%S')}.000Z"
    return {
        "kind": "spend",
        "group": cap.period,
        "percent": percent(cap),
        "resets_at": resets,
        "severity": "normal",
        "is_active": active,
    }


def cents(dollars: float) -> float:
    """Fractions of a cent stay: small budgets and small spends are no zero."""
    rounded = round(dollars * 100, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def percent(cap: Cap) -> int:
    return math.floor(cap.used * 100 + 1e-9)
