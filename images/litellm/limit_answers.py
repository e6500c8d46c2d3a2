"""Refusals for what a key, a person or a team has used up: budgets, and limits of a minute."""

import re
from datetime import datetime, timezone
from typing import Any

from caps import Cap, caps_of
from exchange import Exchange
from provider_errors import Answer
from usage_headers import rejected_headers

# What a request waits for where others under way have set aside what is left of a budget, or take all places.
BUSY_SECONDS = 5
SHARED = {
    "key": "the budget of this key",
    "user": "your budget over all workspaces and keys",
    "team": "the budget that your group shares",
}


async def budget_answer(exchange: Exchange, error: Any, contact: str) -> Answer:
    caps = await caps_of(exchange.identity)
    spent = [cap for cap in caps if cap.is_spent]
    if not spent and caps and entity_of(error) in ("", "key", "user", "team"):
        return Answer(
            429,
            "rate_limit_error",
            "requests of this key or person that are under way have set aside what is left of the budget; "
            f"try again in {BUSY_SECONDS} seconds",
            {"retry-after": str(BUSY_SECONDS)},
        )
    if not spent:
        return Answer(429, "billing_error", f"a budget is used up · {asking(contact)}", {"x-should-retry": "false"})
    # Until then nothing helps.
    cap = max(spent, key=lambda each: each.reset_seconds or float("inf"))
    seconds = (
        None if cap.resets_at is None else max(1, int((cap.resets_at - datetime.now(timezone.utc)).total_seconds()))
    )
    return Answer(
        429,
        "billing_error",
        f"{SHARED[cap.kind]}, {dollars(cap.limit)}, is used up · {reset_words(cap)} · {asking(contact)}",
        {**({} if seconds is None else {"retry-after": str(seconds)}), **rejected_headers(cap)},
    )


def entity_of(error: Any) -> str:
    return str(getattr(error, "entity_type", None) or "").lower()


def dollars(amount: float) -> str:
    return f"${amount:.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.6f}".rstrip("0")


def reset_words(cap: Cap) -> str:
    if cap.resets_at is None:
        return "it does not reset by itself"
    return f"it resets {cap.resets_at.astimezone(timezone.utc).strftime('%b %-d at %H:%M UTC')}"


def asking(contact: str) -> str:
    return f"for more before that, ask {contact}" if contact else "for more before that, ask whoever runs the gateway"


LIMITS = {
    "requests": ("request", "a minute"),
    "tokens": ("token", "a minute"),
    "max_parallel_requests": ("request", "at the same time"),
}


def limited_answer(text: str) -> Answer:
    kind = re.search(r"Limit type: (\w+)", text)
    limit = re.search(r"Current limit: (\d+)", text)
    what, when = LIMITS.get(kind.group(1) if kind else "", ("request", "a minute"))
    parallel = kind is not None and kind.group(1) == "max_parallel_requests"
    seconds = BUSY_SECONDS if parallel else until_reset(text)
    amount = f" of {limit.group(1)} {what}{'' if limit.group(1) == '1' else 's'} {when}" if limit else ""
    whose = "team's" if "for team" in text else "person's" if "for user" in text else "key's"
    return Answer(
        429,
        "rate_limit_error",
        f"this {whose} limit{amount} is reached; try again in {seconds} seconds",
        {"retry-after": str(seconds)},
    )


def until_reset(text: str) -> int:
    match = re.search(r"resets at: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", text)
    if not match:
        return 60
    reset = datetime.strptime(match.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return min(max(1, round((reset - datetime.now(timezone.utc)).total_seconds())), 3600)
