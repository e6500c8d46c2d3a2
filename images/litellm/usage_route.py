"""`GET /api/oauth/usage`: the dollars that Claude Code shows in `/usage` and in its status line, of the key that asks."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from answer_streams import error_body
from caps import caps_of
from exchange import Exchange, current_exchange
from fastapi import HTTPException, Request
from gateway_errors import answer_for
from litellm.proxy import proxy_server
from litellm.proxy._types import ProxyException
from litellm.proxy.auth.user_api_key_auth import user_api_key_auth
from provider_errors import Answer
from request_fields import allowed_header
from usage_headers import encoded, usage_report

USAGE_PATH = "/api/oauth/usage"
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


async def usage_answer(scope: MutableMapping[str, Any], send: Send, envelope: str, contact: str) -> None:
    if scope["method"] != "GET":
        await respond(
            send, 405, error_body(Answer(405, "invalid_request_error", "send GET"), envelope), {"allow": "GET"}
        )
        return
    exchange = Exchange()
    token = current_exchange.set(exchange)
    try:
        identity = await identity_of(scope, exchange)
    except Exception as error:  # noqa: BLE001 - whatever LiteLLM's check of a key raises
        status = int(getattr(error, "code", None) or getattr(error, "status_code", None) or 500)
        body = {
            "error": {
                "type": getattr(error, "type", ""),
                "message": getattr(error, "message", "") or str(getattr(error, "detail", "")),
            }
        }
        answer = await answer_for(status, body, exchange, USAGE_PATH, contact)
        await respond(send, answer.status, error_body(answer, envelope), dict(answer.headers))
        return
    finally:
        current_exchange.reset(token)
    report = usage_report(await caps_of(identity), float(getattr(identity, "spend", 0.0) or 0.0))
    await respond(send, 200, report, {"cache-control": "no-store"})


async def identity_of(scope: MutableMapping[str, Any], exchange: Exchange) -> Any:
    """Whose key it is, by LiteLLM's own check; a spent budget does not hide how much was spent."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in scope["headers"]
        if allowed_header(name)
    }

    async def empty() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    # As if it asked for the list of models, which every key may.
    known = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    request = Request(
        {
            **scope,
            "headers": known,
            "path": "/v1/models",
            "raw_path": b"/v1/models",
            "query_string": b"",
            "state": {},
            "app": proxy_server.app,
        },
        empty,
    )
    try:
        return await user_api_key_auth(
            request=request,
            api_key=headers.get("authorization", ""),
            azure_api_key_header="",
            anthropic_api_key_header=headers.get("x-api-key"),
            google_ai_studio_api_key_header=None,
            azure_apim_header=None,
            custom_litellm_key_header=None,
        )
    except (ProxyException, HTTPException) as error:
        if getattr(error, "type", "") == "budget_exceeded" and exchange.identity is not None:
            return exchange.identity
        raise


async def respond(send: Send, status: int, body: Any, headers: dict[str, str]) -> None:
    content = orjson.dumps(body)
    described = {"content-type": "application/json", "content-length": str(len(content)), **headers}
    await send({"type": "http.response.start", "status": status, "headers": encoded(described)})
    await send({"type": "http.response.body", "body": content})
