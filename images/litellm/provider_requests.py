"""What LiteLLM sends to Anthropic, with the fields that go past LiteLLM."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from litellm.llms.anthropic.count_tokens.transformation import AnthropicCountTokensConfig
from litellm.llms.anthropic.pass_through.messages.transformation import AnthropicMessagesConfig

# Fields of the request under way that go to Anthropic past LiteLLM. None: the request did not come through the filter.
carried_fields: ContextVar[dict[str, Any] | None] = ContextVar("gateway_carried_fields", default=None)


def carry_past_litellm() -> None:
    """Adds what a request carries to what LiteLLM sends to Anthropic, there and nowhere else."""
    transform = AnthropicMessagesConfig.transform_anthropic_messages_request
    count = AnthropicCountTokensConfig.transform_request_to_count_tokens

    def transform_anthropic_messages_request(self, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202
        request = transform(self, *args, **kwargs)
        return merged(request) if type(self) is AnthropicMessagesConfig else request

    def transform_request_to_count_tokens(self, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202
        return merged(count(self, *args, **kwargs))

    AnthropicMessagesConfig.transform_anthropic_messages_request = transform_anthropic_messages_request
    AnthropicCountTokensConfig.transform_request_to_count_tokens = transform_request_to_count_tokens


def merged(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request to Anthropic with what is carried; what LiteLLM has set stays."""
    result = dict(request)
    for name, value in (carried_fields.get() or {}).items():
        if name == "metadata" and isinstance(result.get(name), dict):
            result[name] = {**value, **result[name]}
        else:
            result.setdefault(name, value)
    return result
