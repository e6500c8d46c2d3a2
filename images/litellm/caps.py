"""The budgets that a key is under: its own, its person's, its team's; how much of each is spent, and when it resets."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from litellm.proxy import proxy_server
from litellm.proxy.auth.auth_checks import get_team_object, get_user_object
from shared_reservations import reserved

DAY = 86_400
UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY, "w": 7 * DAY, "mo": 30 * DAY}


@dataclass(frozen=True)
class Cap:
    """One budget."""

    # "key", "user" (a person, over all keys) or "team".
    kind: str
    # US dollars, as LiteLLM's running counter has them: without what requests under way have set aside.
    limit: float
    spent: float
    # None: never.
    resets_at: datetime | None
    # As LiteLLM writes durations: 1d, 30d, 1mo.
    duration: str | None

    @property
    def used(self) -> float:
        return self.used_with(0.0)

    def used_with(self, extra_cost: float) -> float:
        return (self.spent + extra_cost) / self.limit if self.limit > 0 else 1.0

    @property
    def is_spent(self) -> bool:
        return self.spent >= self.limit - 1e-12

    @property
    def period(self) -> str:
        """The word that the protocol has for the window."""
        seconds = seconds_of(self.duration)
        return "daily" if seconds <= DAY else "weekly" if seconds <= 7 * DAY else "monthly"

    @property
    def reset_seconds(self) -> int | None:
        """The reset in Unix seconds."""
        return None if self.resets_at is None else int(self.resets_at.timestamp())


def seconds_of(duration: str | None) -> int:
    digits = "".join(char for char in duration or "" if char.isdigit())
    unit = (duration or "")[len(digits) :]
    return int(digits) * UNITS.get(unit, 30 * DAY) if digits else 30 * DAY


async def caps_of(identity: Any) -> list[Cap]:
    """Every budget that the key counts towards; empty for one without any."""
    caps = []
    if identity is None or not getattr(identity, "token", None):
        return caps
    if identity.max_budget is not None:
        caps.append(await cap("key", identity.token, identity))
    team = await team_of(identity)
    if team is not None and team.max_budget is not None:
        caps.append(await cap("team", identity.team_id, team))
    counts_for_person = team is None or proxy_server.general_settings.get("apply_user_budget_to_team_keys") is True
    person = await person_of(identity) if counts_for_person else None
    if person is not None and person.max_budget is not None:
        caps.append(await cap("user", identity.user_id, person))
    return caps


async def cap(kind: str, name: str, row: Any) -> Cap:
    counter = f"spend:{kind}:{name}"
    # In LiteLLM's memory: the database is up to some seconds behind.
    counted = await proxy_server.get_current_spend(counter_key=counter, fallback_spend=float(row.spend or 0.0))
    return Cap(
        kind=kind,
        limit=float(row.max_budget),
        spent=max(0.0, counted - await reserved(counter)),
        resets_at=moment(getattr(row, "budget_reset_at", None)),
        duration=getattr(row, "budget_duration", None),
    )


def moment(value: Any) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=timezone.utc)


async def person_of(identity: Any) -> Any:
    if not identity.user_id:
        return None
    try:
        return await get_user_object(
            user_id=identity.user_id,
            prisma_client=proxy_server.prisma_client,
            user_api_key_cache=proxy_server.user_api_key_cache,
            user_id_upsert=False,
            proxy_logging_obj=proxy_server.proxy_logging_obj,
        )
    except Exception:  # noqa: BLE001 - a person who cannot be looked up has no budget to tell of
        return None


async def team_of(identity: Any) -> Any:
    if not identity.team_id:
        return None
    try:
        return await get_team_object(
            team_id=identity.team_id,
            prisma_client=proxy_server.prisma_client,
            user_api_key_cache=proxy_server.user_api_key_cache,
            proxy_logging_obj=proxy_server.proxy_logging_obj,
        )
    except Exception:  # noqa: BLE001 - likewise
        return None


def tightest(caps: list[Cap], extra_cost: float = 0.0) -> Cap | None:
    """The fullest of them, once `extra_cost` US dollars more are spent; the smaller of two that are equally full."""
    return max(caps, key=lambda each: (each.used_with(extra_cost), -each.limit), default=None)
