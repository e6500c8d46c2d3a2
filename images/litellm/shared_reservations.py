"""What requests under way have set aside of budgets, at all LiteLLM of a deployment.

LiteLLM's counters of spend hold reservations of every replica, and only the replica that made one knows it. So each tells the
others, in Valkey: a hash per counter, with a field per replica. A field that nobody has renewed for a minute does not count.
"""

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from litellm.proxy import proxy_server

REPLICA = uuid.uuid4().hex
STALE_SECONDS = 60
RENEW_SECONDS = 20

_reservations: list[Mapping[str, Any]] = []
# What the others were told, and when, by counter.
_told: dict[str, tuple[float, float]] = {}
_teller: "asyncio.Task[None] | None" = None


async def reserved(counter: str) -> float:
    """US dollars that a spend counter holds for requests under way."""
    here = _reserved_here(counter)
    client = _client()
    if client is None:
        return here
    try:
        fields = await client.hgetall(_name(counter))
    except Exception:  # noqa: BLE001 - LiteLLM itself counts alone where Valkey is away
        return here
    return here + sum(_fresh(replica, value) for replica, value in fields.items())


async def remember(reservation: Mapping[str, Any]) -> None:
    """Called once a request has set something aside."""
    global _teller
    _reservations.append(reservation)
    if _client() is None:
        return
    await _tell({entry["counter_key"] for entry in _entries(reservation) if entry.get("counter_key")})
    if _teller is None or _teller.done():
        _teller = asyncio.create_task(_keep_telling())


async def _keep_telling() -> None:
    """Nobody says when a reservation is settled, so this looks every second, until nothing is set aside."""
    while _told:
        await asyncio.sleep(1)
        now = time.time()
        await _tell(
            {
                counter
                for counter, (amount, at) in _told.items()
                if _reserved_here(counter) != amount or now - at > RENEW_SECONDS
            }
        )


async def _tell(counters: set[str]) -> None:
    client = _client()
    if client is None or not counters:
        return
    now = time.time()
    amounts = {counter: _reserved_here(counter) for counter in counters}
    for counter, amount in amounts.items():
        if amount > 0:
            _told[counter] = (amount, now)
        else:
            _told.pop(counter, None)
    try:
        async with client.pipeline(transaction=False) as commands:
            for counter, amount in amounts.items():
                if amount > 0:
                    commands.hset(_name(counter), REPLICA, f"{amount!r} {now!r}")
                    commands.expire(_name(counter), STALE_SECONDS)
                else:
                    commands.hdel(_name(counter), REPLICA)
            await commands.execute()
    except Exception:  # noqa: BLE001 - the next second tries again
        for counter in counters:
            _told[counter] = (-1.0, now)


def _reserved_here(counter: str) -> float:
    _reservations[:] = [each for each in _reservations if each.get("finalized") is not True]
    return sum(
        float(entry.get("reserved_cost", each.get("reserved_cost") or 0.0))
        for each in _reservations
        for entry in _entries(each)
        if entry.get("counter_key") == counter
    )


def _entries(reservation: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return reservation.get("entries") or ()


def _fresh(replica: bytes | str, value: bytes | str) -> float:
    name, text = (each.decode() if isinstance(each, bytes) else each for each in (replica, value))
    amount, at = text.split(" ")
    return float(amount) if name != REPLICA and time.time() - float(at) <= STALE_SECONDS else 0.0


def _name(counter: str) -> str:
    return f"gateway:reserved:{counter}"


def _client() -> Any:
    cache = proxy_server.redis_usage_cache
    return None if cache is None else cache.init_async_client()
