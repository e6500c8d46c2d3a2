"""What LiteLLM finds out about one request, for the answer that the gateway gives: whose key it is, and what failed."""

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from shared_reservations import remember


@dataclass
class Exchange:
    """One request and its answer."""

    # LiteLLM's UserAPIKeyAuth. None: the key was not looked at, or is not known.
    identity: Any = None
    # The last failure that LiteLLM reported.
    error: BaseException | None = None
    model: str = ""
    streams: bool = False
    # When LiteLLM had accepted the request and was about to ask the provider.
    accepted_at: float | None = None
    started_at: float = field(default_factory=time.monotonic)


current_exchange: ContextVar[Exchange | None] = ContextVar("gateway_exchange", default=None)


class Observer(CustomLogger):
    """Writes down, in LiteLLM's own hooks, what it knows of the request under way."""

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):  # noqa: ANN001, ANN201 - LiteLLM's signature
        exchange = current_exchange.get()
        if exchange is not None:
            exchange.identity = user_api_key_dict
            exchange.model = model_of(data) or exchange.model
            exchange.streams = data.get("stream") is True
            exchange.accepted_at = time.monotonic()
        reservation = getattr(user_api_key_dict, "budget_reservation", None)
        if reservation:
            await remember(reservation)

    async def async_post_call_failure_hook(
        self, request_data, original_exception, user_api_key_dict, traceback_str=None
    ):  # noqa: ANN001, ANN201
        exchange = current_exchange.get()
        if exchange is None:
            return
        exchange.error = original_exception
        exchange.model = model_of(request_data) or exchange.model
        if exchange.identity is None and getattr(user_api_key_dict, "token", None):
            exchange.identity = user_api_key_dict


def model_of(data: Mapping[str, Any]) -> str:
    model = data.get("model")
    return model if isinstance(model, str) else ""
