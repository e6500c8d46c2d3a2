"""LiteLLM's answers on the routes of models, in the words of the agents' own protocols.

It stands around the request filter and LiteLLM's whole application, because errors of authentication go through none of
LiteLLM's hooks for answers. Errors get the status, envelope, headers and words that Claude Code's gateway protocol asks for
(`claude gateway`, GET /protocol), and on OpenAI's routes the same in OpenAI's envelope; good answers get usage headers.
Settings are in `protocol.json`, rendered from `litellm-config/protocol-settings.ts`.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from exchange import Exchange, current_exchange
from litellm.proxy import proxy_server
from provider_errors import Answer
from reply import CONTACT, Reply
from request_fields import rule_for
from usage_route import USAGE_PATH, usage_answer

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

INTERNAL = Answer(500, "api_error", "the gateway failed at this request; whoever runs it finds the reason in its log")


class ProtocolAnswers:
    """The application behind it, with its answers on the routes of models put into the agents' words."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == USAGE_PATH:
            await usage_answer(scope, send, envelope_of(scope, "anthropic"), CONTACT)
            return
        rule = rule_for(path) if scope["type"] == "http" else None
        if rule is None:
            await self.application(scope, receive, send)
            return
        exchange = Exchange()
        token = current_exchange.set(exchange)
        reply = Reply(send, exchange, path, envelope_of(scope, rule["envelope"]), agent_of(scope))
        pings = asyncio.create_task(reply.keep_alive()) if scope["method"] == "POST" else None
        try:
            await self.application(scope, receive, reply.take)
        except Exception:  # noqa: BLE001 - logged below; the client is told in its own words
            proxy_server.verbose_proxy_logger.exception("the gateway failed at %s", path)
            await reply.fail(INTERNAL)
        finally:
            current_exchange.reset(token)
            if pings is not None:
                pings.cancel()


def agent_of(scope: Scope) -> str:
    return (
        next((value for name, value in scope["headers"] if name.lower() == b"user-agent"), b"")
        .decode("latin-1")
        .lower()
    )


def envelope_of(scope: Scope, ruled: str) -> str:
    """Clients of Anthropic's API say so on routes that both APIs have, such as `/v1/models`."""
    is_anthropics = any(name.lower() == b"anthropic-version" for name, _ in scope["headers"])
    return "anthropic" if is_anthropics and scope["method"] == "GET" else ruled
