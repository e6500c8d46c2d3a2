"""What a request asks for that the provider bills beside or above its tokens.

Three such extras are counted (`request_costs.py`), and each kind of key may use those that its policy allows: web search, fast
mode, US-only inference. Whatever else is billed and appears in no usage object is refused by name, since no budget would notice
it. The policies are in `request-rules.json`, rendered from `policies.*.allow`, so a changed one holds for existing keys too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from request_costs import deployments_of, prices_of, provider_of
from request_fields import RULES, Refused

Fields = Mapping[str, Any]

WEB_SEARCH, FAST_MODE, US_INFERENCE = "web-search", "fast-mode", "us-inference"


class Extra(NamedTuple):
    """One extra, and the words of the request that ask for it."""

    name: str
    asked: str


# Types of tools whose use costs no more than their tokens, or is counted. Versions are dates behind an underscore.
ANTHROPIC_TOOLS = re.compile(
    r"(custom|function|(bash|text_editor|computer|memory|web_search|web_fetch|tool_search_tool(_\w+?)?)(_\d+)?|mcp_toolset)"
)
SEARCH_TOOL = re.compile(r"web_search(_preview)?(_\w+)?")
# Tools that run at the provider for a fee of their own: by the hour, by the call or by the gigabyte.
BILLED_TOOLS = re.compile(r"(\w*code_execution|code_interpreter|file_search|image_generation|shell_hosted)(_\w+)?")
# No more than the price of the tokens. Anthropic's `auto` uses a capacity that is paid for already.
PLAIN_TIERS = frozenset(["auto", "standard", "standard_only", "default"])
PLAIN_REGIONS = frozenset(["global"])
LONG_CONTEXT_BETA = "context-1m-"
LONG_CONTEXT_TOKENS = 200_000


def extras_of(body: Fields, headers: Iterable[tuple[bytes, bytes]], envelope: str) -> tuple[Extra, ...]:
    """What a request asks for that a policy may allow. Raises Refused for what cannot be counted."""
    refuse_uncountable(body, envelope)
    return tuple(asked(body)) + tuple(betas(headers))


def asked(body: Fields) -> Iterator[Extra]:
    speed, region = body.get("speed"), body.get("inference_geo")
    if speed not in (None, "standard"):
        if speed != "fast":
            raise unpriced("speed", speed, "standard, fast")
        yield Extra(FAST_MODE, "speed: fast")
    if region is not None and not is_one_of(region, PLAIN_REGIONS):
        if region != "us":
            raise unpriced("inference_geo", region, "global, us")
        yield Extra(US_INFERENCE, "inference_geo: us")
    if body.get("web_search_options") is not None:
        yield Extra(WEB_SEARCH, "web_search_options")
    for kind in tool_types(body):
        if SEARCH_TOOL.fullmatch(kind):
            yield Extra(WEB_SEARCH, f"a tool of type {kind}")


def betas(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Extra]:
    """Longer prompts than a model takes by itself, at prices that are not in the sheet."""
    for name, value in headers:
        if name.lower() == b"anthropic-beta":
            for beta in value.decode("latin-1").split(","):
                if beta.strip().startswith(LONG_CONTEXT_BETA):
                    yield Extra(LONG_CONTEXT_BETA, f"anthropic-beta: {beta.strip()}")


def refuse_uncountable(body: Fields, envelope: str) -> None:
    tier = body.get("service_tier")
    if tier is not None and not is_one_of(tier, PLAIN_TIERS):
        raise unpriced("service_tier", tier, ", ".join(sorted(PLAIN_TIERS)))
    if body.get("container") is not None:
        raise Refused(
            400,
            "`container`: code that runs at the provider is billed by the hour, which no budget of this gateway counts; leave it out",
        )
    if body.get("fallback_credit_token") is not None:
        raise Refused(
            400,
            "`fallback_credit_token`: it changes what the provider bills in a way that this gateway cannot count; leave it out",
        )
    if body.get("background") is True:
        raise Refused(400, "`background`: an answer that is fetched later is counted by no budget; leave it out")
    for kind in tool_types(body):
        if BILLED_TOOLS.fullmatch(kind):
            raise Refused(
                400,
                f"`tools`: a tool of type {shown(kind)} runs at the provider for a fee of its own, which no budget of this gateway counts; leave it out",
            )
        if envelope == "anthropic" and not ANTHROPIC_TOOLS.fullmatch(kind) and not kind.startswith("advisor"):
            raise Refused(
                400,
                f"`tools`: this gateway does not know what a tool of type {shown(kind)} costs, so it is not allowed; leave it out",
            )


def tool_types(body: Fields) -> Iterator[str]:
    tools = body.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        kind = tool.get("type") if isinstance(tool, dict) else None
        if isinstance(kind, str):
            yield kind.lower()


def is_one_of(value: object, words: frozenset[str]) -> bool:
    """Also for a list or an object, which cannot be looked up in a set."""
    return isinstance(value, str) and value in words


def unpriced(field: str, value: object, allowed: str) -> Refused:
    return Refused(400, f"`{field}`: {shown(value)} has no price at this gateway, so it is not allowed; allowed: {allowed}")


def shown(value: object) -> str:
    """A value of a request for a message: short and printable."""
    text = "".join(letter for letter in str(value) if letter.isprintable())
    return text if len(text) <= 60 else f"{text[:60]}…"


def scope_of(metadata: object) -> str | None:
    """The kind of a key, as the key-provisioner notes it. None: a key that LiteLLM's admin made, or the master key."""
    note = metadata.get("gateway") if isinstance(metadata, Mapping) else None
    scope = note.get("scope") if isinstance(note, Mapping) else None
    return scope if isinstance(scope, str) and scope in RULES["allow"] else None


def refuse_what_a_key_may_not(extras: Iterable[Extra], metadata: object, model: object) -> None:
    """Raises Refused for an extra that the key's policy does not allow, or that has no price for the model."""
    scope = scope_of(metadata)
    allowed = RULES["allow"][scope] if scope else RULES["allow_otherwise"]
    for extra in extras:
        if extra.name == LONG_CONTEXT_BETA:
            refuse_long_context(extra, model)
            continue
        if extra.name not in allowed:
            setting = f"policies.{scope}.allow" if scope else "policies.*.allow"
            raise Refused(
                400,
                f"{extra.asked} is not allowed by this gateway, because it costs extra; leave it out, or an administrator can allow it with {setting}: [{extra.name}]",
            )
        refuse_without_price(extra, model)


# Providers that have none of the extras, so that there is nothing to bill: they refuse the field, or LiteLLM drops it.
WITHOUT_EXTRAS = frozenset(["bedrock", "ollama_chat", "hosted_vllm"])


def refuse_without_price(extra: Extra, model: object) -> None:
    """Every place of the name that may serve the request has to have a price for it."""
    for deployment in deployments_of(model):
        prices = prices_of(deployment)
        if prices is None or provider_of(deployment) in WITHOUT_EXTRAS:
            continue
        priced = {WEB_SEARCH: prices.search > 0, FAST_MODE: prices.fast != 1, US_INFERENCE: prices.us != 1}
        if not priced[extra.name]:
            raise Refused(
                400, f"{extra.asked} has no price for {shown(model)} at this gateway, so it is not allowed; leave it out"
            )


def refuse_long_context(extra: Extra, model: object) -> None:
    limits = [(each.get("model_info") or {}).get("max_input_tokens") for each in deployments_of(model)]
    if any(isinstance(limit, int) and limit <= LONG_CONTEXT_TOKENS for limit in limits):
        raise Refused(
            400,
            f"{extra.asked} is not allowed for {shown(model)}: what its longer prompts cost is not known here; leave it out, or ask a model with a longer context",
        )
