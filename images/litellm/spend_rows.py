"""What LiteLLM writes into its spend logs, without what nobody reads.

Of some twelve kilobytes of metadata of each row, eight are LiteLLM's price map of the model (`model_map_information`), nearly all of it
nulls and the same for every request of a model (measured, 1.108.7). LiteLLM reads it nowhere in its database; the prices that held are
in this repository, and what was computed from them is in the row (`cost_breakdown`).
"""

from functools import wraps
from typing import Any

from litellm.proxy.spend_tracking import spend_tracking_utils


def leave_out_the_price_map() -> None:
    metadata_of = spend_tracking_utils._get_spend_logs_metadata

    @wraps(metadata_of)
    def without(*arguments: Any, **named: Any) -> Any:
        return metadata_of(*arguments, **{**named, "model_map_information": None})

    spend_tracking_utils._get_spend_logs_metadata = without
