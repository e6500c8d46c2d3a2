"""What LiteLLM sends to Anthropic, mended: fields that go past LiteLLM, and where tokens are counted."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from litellm.llms.anthropic.count_tokens.token_counter import AnthropicTokenCounter
from litellm.llms.anthropic.count_tokens.transformation import AnthropicCountTokensConfig
from litellm.llms.anthropic.experimental_pass_through.messages.transformation import AnthropicMessagesConfig

# Fields of the request under way that go to Anthropic past LiteLLM. None: the request did not come through the filter.
carried_fields: ContextVar[dict[str, Any] | None] = ContextVar("gateway_carried_fields", default=None)
# Where the deployment being asked to count tokens is reached.
_count_base: ContextVar[str | None] = ContextVar("gateway_count_tokens_base", default=None)


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


def count_where_the_deployment_is() -> None:
    """LiteLLM counts tokens at Anthropic's public address, whatever `api_base` says (measured on 1.104.2)."""
    count = AnthropicTokenCounter.count_tokens
    public = AnthropicCountTokensConfig.get_anthropic_count_tokens_endpoint

    async def count_tokens(self, *args, deployment=None, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202
        base = ((deployment or {}).get("litellm_params") or {}).get("api_base")
        token = _count_base.set(base)
        try:
            return await count(self, *args, deployment=deployment, **kwargs)
        finally:
            _count_base.reset(token)

    def get_anthropic_count_tokens_endpoint(self) -> str:  # noqa: ANN001
        base = _count_base.get()
        if not base:
            return public(self)
        return f"{base.rstrip('/').removesuffix('/v1/messages').removesuffix('/v1')}/v1/messages/count_tokens"

    AnthropicTokenCounter.count_tokens = count_tokens
    AnthropicCountTokensConfig.get_anthropic_count_tokens_endpoint = get_anthropic_count_tokens_endpoint
