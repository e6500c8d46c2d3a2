"""What a request sets aside of budgets while it is under way: what it is expected to cost, not the most that it could.

LiteLLM sets aside the whole of `max_tokens`. Agents ask for 32,000 and more at every turn and write some hundred: of eight streams on a
key with $2, three took all of it and five were refused at $0.02 spent (measured, 1.108.7). What is set aside bounds by how much
requests at the same time may pass a budget: each by what it costs beyond that, at most.
"""

from functools import wraps
from typing import Any

from litellm.proxy.spend_tracking import budget_reservation

# Turns of agents with longer answers are rare; each is counted in full when it ends.
EXPECTED_OUTPUT_TOKENS = 4_000


def reserve_what_is_expected() -> None:
    estimate = budget_reservation._estimate_output_tokens

    @wraps(estimate)
    def expected(*arguments: Any, **named: Any) -> int | None:
        tokens = estimate(*arguments, **named)
        return None if tokens is None else min(tokens, EXPECTED_OUTPUT_TOKENS)

    budget_reservation._estimate_output_tokens = expected
