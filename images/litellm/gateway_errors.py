"""What the gateway's own refusals become: keys, models, budgets and limits, in plain words."""

import json
import re
from collections.abc import Mapping
from typing import Any

import litellm
from exchange import Exchange
from limit_answers import budget_answer, limited_answer
from litellm.proxy.db.exception_handler import PrismaDBExceptionHandler
from provider_errors import (
    BROKEN,
    KNOWN_TYPES,
    TYPES,
    Answer,
    is_providers,
    own_words,
    provider_answer,
    without_secrets,
)

COUNT_PATH = "/v1/messages/count_tokens"
NOT_COUNTED = Answer(
    501, "not_supported", "the provider of this model cannot count tokens", {"x-should-retry": "false"}
)
DATABASE = re.compile(r"no_db_connection|All connection attempts failed|Can't reach database|prisma", re.IGNORECASE)
NOT_ALLOWED = re.compile(
    r"model_access_denied|not available for this|not allowed to access model|Invalid model name|not in (?:the )?(?:team|key|user)",
    re.IGNORECASE,
)
COOLDOWN = re.compile(r"No deployments available", re.IGNORECASE)


async def answer_for(status: int, body: Any, exchange: Exchange, path: str, contact: str) -> Answer:
    """The answer for an error of LiteLLM's: its status and body, and what its hooks have told of it."""
    kind, text = told(body)
    error = exchange.error
    if isinstance(error, litellm.BudgetExceededError) or kind == "budget_exceeded":
        return await budget_answer(exchange, error, contact)
    if COOLDOWN.search(text) and status in (429, 503):
        return Answer(
            503,
            "api_error",
            "the provider failed just now and is left alone for some seconds; try again",
            {"retry-after": "5", "x-gateway-provider-error": "all_deployments_in_cooldown"},
        )
    if path == COUNT_PATH and error is None:
        return count_answer(status, text)
    # Before that nobody but the database was asked, whose failures look like those of any connection.
    if exchange.accepted_at is not None and is_providers(error):
        return provider_answer(error, status, text)
    if is_database(exchange, kind, text):
        return Answer(
            503, "api_error", "the gateway's database is away; try again in a few seconds", {"retry-after": "5"}
        )
    if status == 401:
        return Answer(401, "authentication_error", key_words(kind, text, contact), {"x-should-retry": "false"})
    if status in (400, 403, 404) and NOT_ALLOWED.search(f"{kind} {text}"):
        return Answer(400, "invalid_request_error", model_words(exchange.model or named_model(text)))
    if status == 429:
        return limited_answer(text)
    return other_answer(status, text, path)


def broken_stream(event: Any, exchange: Exchange) -> Answer:
    """The answer for an error inside a stream: whatever LiteLLM makes of it, it came from the provider."""
    kind, text = told(event)
    if is_providers(exchange.error):
        return unless_broken(provider_answer(exchange.error, 502, text))
    if kind in KNOWN_TYPES - {"api_error", "invalid_request_error", "authentication_error"}:
        text = json.dumps({"error": {"type": kind, "message": text}})
    return unless_broken(provider_answer(exchange.error or Exception(text), 502, text))


def unless_broken(answer: Answer) -> Answer:
    return BROKEN if answer.status == 502 else answer


def told(body: Any) -> tuple[str, str]:
    """The type and the message of an error in any of the shapes that LiteLLM has."""
    if not isinstance(body, Mapping):
        return "", str(body or "")
    error = body.get("error")
    if isinstance(error, Mapping):
        return str(error.get("type") or ""), str(error.get("message") or "")
    return "", str(body.get("detail") or error or "")


def provider_count(body: Any) -> Mapping[str, Any] | None:
    """What the provider counted, as its API says it. None: LiteLLM only estimated, as nobody else would count."""
    if not isinstance(body, Mapping) or body.get("litellm_count_source") not in ("provider", "token_count_model"):
        return None
    return {"input_tokens": body.get("input_tokens")}


def is_database(exchange: Exchange, kind: str, text: str) -> bool:
    error = exchange.error
    if exchange.accepted_at is None and isinstance(error, Exception):
        if PrismaDBExceptionHandler.is_database_service_unavailable_error(error):
            return True
    return kind == "no_db_connection" or DATABASE.search(text) is not None


def key_words(kind: str, text: str, contact: str) -> str:
    ask = f"; ask {contact} if that does not help" if contact else ""
    renew = "start the workspace again, or issue a new key where it is not a workspace's"
    if kind == "expired_key" or "expired" in text.lower():
        return f"this key has expired; {renew}{ask}"
    if "blocked" in text.lower():
        return f"this key is blocked; ask {contact or 'whoever runs the gateway'} why"
    if "No api key passed" in text:
        return "no key was sent; send the workspace's key as `Authorization: Bearer …` or `x-api-key`"
    return f"this key is invalid: it was never issued here, or has been replaced; {renew}{ask}"


def model_words(model: str) -> str:
    shown = f'the model "{without_secrets(model)[:200]}"' if model else "this model"
    return f"{shown} is not available to this key; GET /v1/models lists those that are"


def named_model(text: str) -> str:
    match = re.search(r"model[= ]'?([\w.:/-]+)'?", text)
    return match.group(1) if match else ""


def count_answer(status: int, text: str) -> Answer:
    """LiteLLM tells of the provider's refusal to count in the answer alone."""
    if status == 429:
        return Answer(
            429, "rate_limit_error", "the provider's rate limit is reached; try again later", {"retry-after": "5"}
        )
    if status not in (400, 413, 422):
        return NOT_COUNTED
    kind, words = own_words(text)
    return Answer(
        400 if status == 422 else status, kind or TYPES[status], without_secrets(words) or "the request is not valid"
    )


def other_answer(status: int, text: str, path: str) -> Answer:
    code = 400 if status in (405, 422) else status if 400 <= status < 600 else 500
    if code >= 500:
        return Answer(
            code,
            "api_error",
            "the gateway failed at this request; its log has the reason under the id in x-litellm-call-id",
        )
    words = without_secrets(text)
    plain = re.sub(r"^(?:litellm\.\w+: |/[\w/]+: )+", "", words) if not words.startswith(("{", "[")) else ""
    fallback = {
        404: "there is nothing here by this name",
        403: "this key may not use this route",
        413: "the body is too large",
    }
    if code == 403:
        plain = fallback[403]
    return Answer(
        code, TYPES.get(code, "invalid_request_error"), plain or fallback.get(code, "the request is not valid")
    )
