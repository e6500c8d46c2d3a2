"""What a request costs, from the price sheet that the deployment carries in LiteLLM's configuration.

LiteLLM prices from its own map, or from the four prices of a deployment and nothing else: then writes that live for an hour,
searches, fast mode and US-only inference cost too little or nothing, and on the way from a stream or a Responses answer to its
books it drops what they are told by. So the provider's own usage object is kept beside LiteLLM's (`provider_usage`), through
every form an answer takes, and the cost is computed from that. The same computation in TypeScript: `catalog/cost.ts`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple

import litellm
from litellm import cost_calculator
from litellm._logging import verbose_proxy_logger
from litellm.exceptions import MidStreamFallbackError
from litellm.litellm_core_utils.streaming_chunk_builder_utils import ChunkProcessor
from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.llms.anthropic.chat.transformation import AnthropicConfig
from litellm.llms.bedrock.chat.converse_transformation import AmazonConverseConfig
from litellm.proxy import proxy_server
from litellm.proxy.pass_through_endpoints.llm_provider_handlers.anthropic_passthrough_logging_handler import (
    AnthropicPassthroughLoggingHandler,
)
from litellm.responses.litellm_completion_transformation.transformation import LiteLLMCompletionResponsesConfig
from pydantic import BaseModel

Fields = Mapping[str, Any]
# The name of the provider's own usage object inside LiteLLM's, which goes with it into the spend logs.
KEPT = "provider_usage"


class Tokens(NamedTuple):
    """What one call of a model takes and gives."""

    fresh: int
    cache_read: int
    write_5m: int
    write_1h: int
    output: int

    @property
    def prompt(self) -> int:
        return self.fresh + self.cache_read + self.write_5m + self.write_1h


class Usage(NamedTuple):
    """What a provider reports of one request. Compactions are calls beside the request's own, each with its own price band."""

    own: Tokens
    compactions: tuple[Tokens, ...]
    web_searches: int
    fast: bool
    in_us: bool


class Cost(NamedTuple):
    """US dollars."""

    prompt: float
    output: float
    cache_read: float
    cache_write: float
    searches: float

    @property
    def total(self) -> float:
        return self.prompt + self.output + self.searches


def number(value: object) -> int:
    return int(value) if isinstance(value, (int, float)) and value > 0 else 0


def fields(value: object) -> Fields:
    """An object's fields, whichever of its many forms LiteLLM keeps it in."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    return value if isinstance(value, Mapping) else {}


def writes(total: int, parts: object) -> tuple[int, int]:
    """Cache writes of five minutes and of an hour. What no part tells of lives for five minutes."""
    split = fields(parts)
    hour = number(split.get("ephemeral_1h_input_tokens"))
    return max(number(split.get("ephemeral_5m_input_tokens")), total - hour), hour


def anthropic_tokens(usage: Fields) -> Tokens:
    return Tokens(
        number(usage.get("input_tokens")),
        number(usage.get("cache_read_input_tokens")),
        *writes(number(usage.get("cache_creation_input_tokens")), usage.get("cache_creation")),
        number(usage.get("output_tokens")),
    )


def litellm_tokens(usage: Fields) -> Tokens:
    """LiteLLM's own counts, where the cache is a part of the prompt."""
    details = fields(usage.get("prompt_tokens_details"))
    read = number(usage.get("cache_read_input_tokens")) or number(details.get("cached_tokens"))
    total = (
        number(usage.get("cache_creation_input_tokens"))
        or number(details.get("cache_creation_tokens"))
        or number(details.get("cache_write_tokens"))
    )
    short, hour = writes(total, details.get("cache_creation_token_details"))
    fresh = max(0, number(usage.get("prompt_tokens")) - read - short - hour)
    return Tokens(fresh, read, short, hour, number(usage.get("completion_tokens")))


def responses_tokens(usage: Fields) -> Tokens:
    """The Responses API's words for the same."""
    details = fields(usage.get("input_tokens_details"))
    read, written = number(details.get("cached_tokens")), number(details.get("cache_write_tokens"))
    fresh = max(0, number(usage.get("input_tokens")) - read - written)
    return Tokens(fresh, read, written, 0, number(usage.get("output_tokens")))


def usage_of(answer: object) -> Usage | None:
    """What an answer reports. None: it reports nothing."""
    reported = fields(answer.get("usage") if isinstance(answer, Mapping) else getattr(answer, "usage", None))
    if not reported:
        return None
    kept = reported.get(KEPT)
    told = fields(kept) if kept else reported
    if kept or is_anthropic(told):
        own = anthropic_tokens(told)
    else:
        own = responses_tokens(told) if "input_tokens" in told else litellm_tokens(told)
    iterations = told.get("iterations")
    compactions = tuple(
        anthropic_tokens(each)
        for each in (iterations if isinstance(iterations, Sequence) else ())
        if isinstance(each, Mapping) and isinstance(each.get("type"), str) and each["type"] != "message"
    )
    return Usage(
        own._replace(output=own.output + recovered_output(reported, told, own, compactions)),
        compactions,
        number(fields(told.get("server_tool_use")).get("web_search_requests")),
        told.get("speed") == "fast",
        told.get("inference_geo") == "us",
    )


def is_anthropic(usage: Fields) -> bool:
    return "input_tokens" in usage and "input_tokens_details" not in usage and "total_tokens" not in usage


def recovered_output(reported: Fields, told: Fields, own: Tokens, compactions: Sequence[Tokens]) -> int:
    """
    A stream that is cut ends before the provider says how much it wrote; LiteLLM then counts the words that arrived.
    """
    if reported is told:
        return 0
    counted = number(reported.get("completion_tokens")) or number(reported.get("output_tokens"))
    return max(0, counted - own.output - sum(each.output for each in compactions))


class Prices(NamedTuple):
    """One deployment's price sheet, in US dollars per token and search. Bands: from how long a prompt they hold, rising."""

    bands: tuple[tuple[int, Fields], ...]
    search: float
    fast: float
    us: float


def prices_of(deployment: Fields) -> Prices | None:
    """The prices as `litellm-config/proxy-config.ts` writes them. None: the deployment has none of its own."""
    parameters, information = fields(deployment.get("litellm_params")), fields(deployment.get("model_info"))
    if parameters.get("input_cost_per_token") is None:
        return None
    tiers = parameters.get("tiered_pricing") or ()
    bands = tuple((number(tier["range"][0]), tier) for tier in tiers) or ((0, parameters),)
    factors = information.get("provider_specific_entry") or {}
    searches = information.get("search_context_cost_per_query") or {}
    return Prices(
        tuple(sorted(bands, key=lambda band: band[0])),
        float(searches.get("search_context_size_medium") or 0),
        float(factors.get("fast") or 1),
        float(factors.get("us") or 1),
    )


def cost_of(prices: Prices, usage: Usage) -> Cost:
    """What the provider bills."""
    factor = (prices.fast if usage.fast else 1) * (prices.us if usage.in_us else 1)
    prompt = output = read = write = 0.0
    for call in (usage.own, *usage.compactions):
        price = [band for start, band in prices.bands if start == 0 or call.prompt > start][-1]
        short = price.get("cache_creation_input_token_cost") or price["input_cost_per_token"]
        hourly = price.get("cache_creation_input_token_cost_above_1hr") or short
        cached = call.cache_read * (price.get("cache_read_input_token_cost") or price["input_cost_per_token"])
        written = call.write_5m * short + call.write_1h * hourly
        read += cached * factor
        write += written * factor
        prompt += (call.fresh * price["input_cost_per_token"] + cached + written) * factor
        output += call.output * price["output_cost_per_token"] * factor
    return Cost(prompt, output, read, write, usage.web_searches * prices.search)


def deployment_of(model_id: object) -> Fields | None:
    router = proxy_server.llm_router
    if router is None or not isinstance(model_id, str):
        return None
    return fields(router.get_deployment(model_id=model_id)) or None


def deployments_of(model: object) -> list[Fields]:
    """Every place of a name."""
    router = proxy_server.llm_router
    return [] if router is None else [fields(each) for each in router.get_model_list(model_name=str(model)) or ()]


def provider_of(deployment: Fields) -> str:
    return str(fields(deployment.get("litellm_params")).get("model")).split("/", 1)[0]


def sheet_cost(answer: object, model_id: object) -> Cost | None:
    """What an answer of this deployment costs. None: it is no model of the configuration, or it reports no usage."""
    deployment = deployment_of(model_id)
    prices = prices_of(deployment) if deployment else None
    usage = usage_of(answer) if prices else None
    return cost_of(prices, usage) if prices and usage else None


def note(logging: Any, cost: Cost) -> None:
    """LiteLLM's own breakdown of the cost, which its spend logs keep."""
    breakdown = dict(getattr(logging, "cost_breakdown", None) or {})
    breakdown |= {
        "input_cost": cost.prompt,
        "output_cost": cost.output,
        "tool_usage_cost": cost.searches,
        "total_cost": cost.total,
        "original_cost": cost.total,
        "cache_read_cost": cost.cache_read,
        "cache_creation_cost": cost.cache_write,
    }
    logging.cost_breakdown = breakdown


def count_by_the_price_sheet() -> None:
    """Puts the price sheet's cost in the place of LiteLLM's, and keeps the provider's usage object to compute it from."""
    keep_in_answers()
    keep_in_streams()
    keep_in_responses()
    end_broken_streams()
    computed = cost_calculator.completion_cost

    @wraps(computed)
    def completion_cost(*args: Any, **kwargs: Any) -> float:
        answer = kwargs.get("completion_response", args[0] if args else None)
        logging = kwargs.get("litellm_logging_obj")
        model_id = kwargs.get("router_model_id") or (logging.get_router_model_id() if logging else None)
        cost = sheet_cost(answer, model_id)
        try:
            # Even where it is not used: it fills LiteLLM's breakdown.
            otherwise = computed(*args, **kwargs)
        except Exception:
            if cost is None:
                raise
            otherwise = 0.0
        if cost is None:
            return otherwise
        if logging is not None:
            note(logging, cost)
        return cost.total

    # One function under two names: the rest of LiteLLM calls it by one of them.
    cost_calculator.completion_cost = completion_cost
    litellm.completion_cost = completion_cost

    of_messages = AnthropicPassthroughLoggingHandler._compute_response_cost

    @wraps(of_messages)
    def compute_response_cost(litellm_model_response: Any, model: str, logging_obj: Any) -> float:
        cost = sheet_cost(litellm_model_response, logging_obj.get_router_model_id())
        total = of_messages(litellm_model_response=litellm_model_response, model=model, logging_obj=logging_obj)
        if cost is not None:
            note(logging_obj, cost)
        return total

    AnthropicPassthroughLoggingHandler._compute_response_cost = staticmethod(compute_response_cost)


def kept(usage: Any, told: object) -> Any:
    """LiteLLM's usage object with the provider's own beside it."""
    if told:
        try:
            setattr(usage, KEPT, dict(told) if isinstance(told, Mapping) else told)
        except (TypeError, ValueError) as error:
            verbose_proxy_logger.warning("the provider's usage object is not kept: %s", error)
    return usage


def keep_in_answers() -> None:
    anthropic = AnthropicConfig.calculate_usage
    bedrock = AmazonConverseConfig.transform_usage

    @wraps(anthropic)
    def calculate_usage(self, usage_object, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202 - LiteLLM's signature
        return kept(anthropic(self, usage_object, *args, **kwargs), usage_object)

    @wraps(bedrock)
    def transform_usage(self, usage, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202 - LiteLLM's signature
        return kept(bedrock(self, usage, *args, **kwargs), in_anthropics_words(usage))

    AnthropicConfig.calculate_usage = calculate_usage
    AmazonConverseConfig.transform_usage = transform_usage


def in_anthropics_words(usage: Fields) -> Fields:
    """Bedrock's Converse API counts the same under other names."""
    parts = [fields(each) for each in usage.get("cacheDetails") or ()]
    return {
        "input_tokens": number(usage.get("inputTokens")),
        "output_tokens": number(usage.get("outputTokens")),
        "cache_read_input_tokens": number(usage.get("cacheReadInputTokens")),
        "cache_creation_input_tokens": number(usage.get("cacheWriteInputTokens")),
        "cache_creation": {
            "ephemeral_5m_input_tokens": sum(number(each.get("inputTokens")) for each in parts if each.get("ttl") == "5m"),
            "ephemeral_1h_input_tokens": sum(number(each.get("inputTokens")) for each in parts if each.get("ttl") == "1h"),
        },
    }


def keep_in_streams() -> None:
    build: Callable[..., Any] = ChunkProcessor.calculate_usage

    @wraps(build)
    def calculate_usage(self, chunks, *args, **kwargs):  # noqa: ANN001, ANN002, ANN003, ANN202 - LiteLLM's signature
        told = [told_here for chunk in chunks if (told_here := kept_in(chunk)) is not None]
        # Each tells everything up to it.
        return kept(build(self, chunks, *args, **kwargs), told[-1] if told else None)

    ChunkProcessor.calculate_usage = calculate_usage


def end_broken_streams() -> None:
    """
    Has a stream that breaks after its start end in its error, as `/v1/messages` does. LiteLLM would have another deployment go on
    in the same row of its ledger, and lose what the first one billed (measured on 1.108.7 over the Responses API).
    """
    fail_over = CustomStreamWrapper._handle_stream_fallback_error

    @wraps(fail_over)
    def handle_stream_fallback_error(self, error):  # noqa: ANN001, ANN202 - LiteLLM's signature
        try:
            fail_over(self, error)
        except MidStreamFallbackError as wanted:
            if not self.chunks or wanted.original_exception is None:
                raise
            raise wanted.original_exception from None

    CustomStreamWrapper._handle_stream_fallback_error = handle_stream_fallback_error


def kept_in(chunk: object) -> object:
    usage = chunk.get("usage") if isinstance(chunk, Mapping) else getattr(chunk, "usage", None)
    hidden = getattr(chunk, "_hidden_params", None)
    if usage is None and isinstance(hidden, Mapping):
        usage = hidden.get("usage")
    return fields(usage).get(KEPT)


def keep_in_responses() -> None:
    to_responses = LiteLLMCompletionResponsesConfig.transform_chat_completion_usage_to_responses_usage

    @wraps(to_responses)
    def transform(chat_completion_response):  # noqa: ANN001, ANN202 - LiteLLM's signature
        usage = getattr(chat_completion_response, "usage", None) or chat_completion_response
        return kept(to_responses(chat_completion_response), fields(usage).get(KEPT))

    LiteLLMCompletionResponsesConfig.transform_chat_completion_usage_to_responses_usage = staticmethod(transform)
