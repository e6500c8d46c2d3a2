"""How long LiteLLM waits before it asks a provider again."""

from typing import Any

import litellm

# It waits after the last attempt too.
LONGEST_SECONDS = 1.0


def wait_briefly() -> None:
    """LiteLLM waits in silence for as long as the provider's `Retry-After` says, up to a minute; an agent does that better itself."""
    calculate = litellm.calculate_retry_after

    def calculate_retry_after(*args: Any, **kwargs: Any) -> float:
        return min(calculate(*args, **kwargs), LONGEST_SECONDS)

    litellm.calculate_retry_after = calculate_retry_after
