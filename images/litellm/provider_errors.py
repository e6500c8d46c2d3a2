"""What a provider's error becomes: its status and `error.type`, in words that show nobody's account, key or stack.

Only what Anthropic itself says about a request (400, 413) is relayed as it stands, because agents act on the words
("prompt is too long: …" makes Claude Code compact its session).
"""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import litellm
import openai
from fastapi import HTTPException
from litellm.llms.base_llm.chat.transformation import BaseLLMException

TOO_LONG = "Input is too long."
VERTEX_TOO_LONG = re.compile(r"The (?:request|message) size \S* ?.*exceeds .*limit", re.IGNORECASE)
# Statuses whose `error.type` is fixed where the provider's own is none of Anthropic's.
TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    501: "not_supported",
    504: "timeout_error",
    529: "overloaded_error",
}
# LiteLLM turns these into 400 or 500.
OF_TYPE: Mapping[str, int] = {"overloaded_error": 529, "request_too_large": 413, "timeout_error": 504}
KNOWN_TYPES = frozenset([*TYPES.values(), "api_error"])
CREDENTIAL = re.compile(
    r"AuthenticationError|authentication_error|invalid x-api-key|Missing .{0,20}API.?Key|Unable to locate credentials"
    r"|security token .* invalid|UnrecognizedClient|InvalidSignature|api_key client option must be set",
    re.IGNORECASE,
)
MISSING = re.compile(r"Missing|Unable to locate|must be set|header is required", re.IGNORECASE)
UNREACHABLE = re.compile(
    r"cannot connect|(?:server )?disconnected|connection (?:error|refused|reset)|connect call failed|name resolution|getaddrinfo|certificate|\bSSL",
    re.IGNORECASE,
)
ACCESS = re.compile(r"AccessDenied|not authorized|access to the model", re.IGNORECASE)
PREFIX = re.compile(r"^(?:litellm\.\w+:\s*)*(?:\w+(?:Exception|Error)\s*-\s*)?")
SUFFIX = re.compile(
    r"\s*(?:Received Model Group=|Available Model Group Fallbacks|LiteLLM Retried:|LiteLLM Max Retries:|No fallback model group).*",
    re.DOTALL,
)
SECRETS = re.compile(
    r"arn:[\w-]+:\S+|\b\d{12}\b|\b(?:sk|pk|key)-[\w-]{6,}\S*|\b(?:AKIA|ASIA)[0-9A-Z]{12,}|\bAIza[\w-]{20,}|\beyJ[\w-]{10,}\S*|\b[0-9a-f]{32,}\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|projects/[\w.:-]+|subscriptions/\S+|\borg(?:anization)?[-_][\w-]{6,}|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+",
)
STACK = re.compile(r"Traceback|\n\s+at |File \"|\.py\b|site-packages")


@dataclass(frozen=True)
class Answer:
    """An error as the caller gets it."""

    status: int
    type: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


# After a part of it was passed on.
BROKEN = Answer(502, "api_error", "the provider's answer broke off; send the request again")


def is_providers(error: BaseException | None) -> bool:
    """Whether an error came from a provider, or on the way to it, and is none of the gateway's own."""
    if error is None or isinstance(error, HTTPException):
        return False
    return isinstance(error, (openai.APIError, BaseLLMException, httpx.HTTPError, litellm.exceptions.APIError))


def provider_answer(error: Any, status: int, text: str = "") -> Answer:
    """The answer for a provider's error; `status` and `text` are LiteLLM's, where the error itself has none."""
    raw = str(getattr(error, "message", "") or text or error)
    kind, words = own_words(raw)
    if not kind and re.search(r"\boverloaded\b", raw, re.IGNORECASE):
        kind = "overloaded_error"
    code = status_of(error, status, kind, raw)
    headers = {"x-gateway-provider-error": class_of(error, raw), **retry_headers(error, code)}
    if code in (401, 403):
        # Nothing that the client does changes it.
        headers["x-should-retry"] = "false"
    return Answer(code, type_of(kind, code), message_of(kind, words, raw, code, headers), headers)


def status_of(error: Any, status: int, kind: str, raw: str) -> int:
    code = getattr(error, "status_code", None)
    code = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdigit()) else status
    if kind in OF_TYPE:
        return OF_TYPE[kind]
    if isinstance(error, (litellm.exceptions.Timeout, openai.APITimeoutError, httpx.TimeoutException)) or code == 408:
        return 504
    if class_of(error, raw) == "APIConnectionError":
        return 502
    if code == 422:
        return 400
    return code if 400 <= code < 600 else 502


def type_of(kind: str, code: int) -> str:
    # `billing_error` is the caller's own cap; the operator's account is none of that.
    if kind in KNOWN_TYPES and kind != "billing_error":
        return kind
    return TYPES.get(code, "api_error" if code >= 500 else "invalid_request_error").replace(
        "billing_error", "api_error"
    )


def message_of(kind: str, words: str, raw: str, code: int, headers: Mapping[str, str]) -> str:
    provider_class = headers["x-gateway-provider-error"]
    if words.strip() == TOO_LONG or VERTEX_TOO_LONG.search(words):
        return TOO_LONG
    if code in (400, 413) and words and not STACK.search(words) and provider_class != "AuthenticationError":
        return without_secrets(words)
    if provider_class == "AuthenticationError":
        state = "is missing at the gateway" if MISSING.search(raw) else "is not accepted by the provider"
        return f"the gateway's own credential for the provider {state}; whoever runs the gateway has to set it"
    wait = headers.get("retry-after")
    if code == 429:
        return f"the provider's rate limit is reached; try again {'in ' + wait + ' seconds' if wait else 'later'}"
    return {
        403: "the provider does not let this gateway use the model",
        404: "the provider does not have the model, or something that the request names",
        502: "the provider is unreachable from the gateway; try again in a few seconds",
        504: "the provider took too long over this request; try again",
        529: "the provider is overloaded; try again in a few seconds",
    }.get(
        code,
        f"the provider failed at this request ({code}); try again in a few seconds"
        if code >= 500
        else f"the provider refused this request ({code})",
    )


def without_secrets(words: str) -> str:
    return SECRETS.sub("[removed]", " ".join(words.split()))[:2000]


def class_of(error: Any, raw: str) -> str:
    """LiteLLM's class of the error, by which the doctor knows its cause."""
    name = type(error).__name__
    if CREDENTIAL.search(raw) or isinstance(error, openai.AuthenticationError):
        return "AuthenticationError"
    if ACCESS.search(raw):
        return "PermissionDeniedError"
    if isinstance(error, (httpx.ConnectError, openai.APIConnectionError)) and not isinstance(
        error, openai.APITimeoutError
    ):
        return "APIConnectionError"
    if UNREACHABLE.search(raw) and embedded_json(raw) is None and not isinstance(error, openai.BadRequestError):
        return "APIConnectionError"
    return name if re.fullmatch(r"[A-Za-z]{1,60}", name) else "APIError"


def retry_headers(error: Any, code: int) -> dict[str, str]:
    """The provider's own `Retry-After`."""
    for source in (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
        getattr(error, "headers", None),
    ):
        if isinstance(source, Mapping):
            for name in ("retry-after", "Retry-After", "llm_provider-retry-after"):
                value = str(source.get(name) or "")
                if re.fullmatch(r"\d{1,6}(?:\.\d+)?", value):
                    return {"retry-after": str(max(1, round(float(value))))}
    return {"retry-after": "5"} if code in (429, 502, 503, 529) else {}


def own_words(raw: str) -> tuple[str, str]:
    """The provider's `error.type` and message, out of what LiteLLM has wrapped around them."""
    body = embedded_json(raw)
    if body is not None:
        error = body.get("error")
        if isinstance(error, Mapping):
            return str(error.get("type") or ""), str(error.get("message") or "")
        message = body.get("message") or body.get("Message") or (error if isinstance(error, str) else "")
        if isinstance(message, str) and message:
            return "", message
    return "", SUFFIX.sub("", PREFIX.sub("", raw.strip(), count=1)).strip()


def embedded_json(raw: str) -> Mapping[str, Any] | None:
    text = raw
    bytes_text = re.search(r"b(['\"])\{.*\}\1", raw, re.DOTALL)
    if bytes_text:
        try:
            text = ast.literal_eval(bytes_text.group()).decode("utf-8", "replace")
        except (ValueError, SyntaxError):
            text = raw
    for start in (match.start() for match in re.finditer(r"\{", text)):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, start)
        except ValueError:
            continue
        if isinstance(value, dict):
            return value
    return None
