"""The filter in front of LiteLLM, loaded by `litellm_settings.callbacks`.

LiteLLM reads far more of a request than the APIs it speaks: body fields, query parameters and headers that choose another
provider, address, credential or model, add retries and fall-backs, or book the spend elsewhere, and it reads some of them
before it has checked the key. So the filter sits in front of all of that, around LiteLLM's whole application, and not in a
hook. What passes is decided in `request_fields.py`.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import orjson
from fastapi import HTTPException
from litellm.proxy import proxy_server
from litellm.proxy._types import LiteLLMRoutes
from litellm.proxy.auth.route_checks import RouteChecks

# LiteLLM loads this one file; its neighbours are found like this.
sys.path.append(str(Path(__file__).parent))
from billed_extras import Extra, extras_of, refuse_what_a_key_may_not  # noqa: E402
from draining import drain_before_the_end  # noqa: E402
from exchange import Observer  # noqa: E402
from protocol_answers import ProtocolAnswers  # noqa: E402
from provider_requests import carried_fields, carry_past_litellm  # noqa: E402
from provider_retries import wait_briefly  # noqa: E402
from reply import SETTINGS  # noqa: E402
from request_costs import count_by_the_price_sheet  # noqa: E402
from request_fields import RULES, Refused, allowed_header, allowed_query, rewritten, rule_for  # noqa: E402
from reservations import reserve_what_is_expected  # noqa: E402
from spend_rows import leave_out_the_price_map  # noqa: E402
from stream_lines import end_lines_as_events_do  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Asked:
    """What the request under way asks for beside tokens, and why it was refused once its key was known."""

    def __init__(self, extras: tuple[Extra, ...]) -> None:
        self.extras = extras
        self.refused: Refused | None = None


asked_for: ContextVar[Asked | None] = ContextVar("gateway_asked_for", default=None)

MAX_BODY_BYTES: int = RULES["max_body_bytes"]


def is_unserved(path: str) -> bool:
    """Whether LiteLLM would spend money, or show something, at a path that no rule names."""
    if RouteChecks.is_llm_api_route(path):
        return True
    try:
        return RouteChecks.check_route_access(route=path, allowed_routes=LiteLLMRoutes.llm_api_routes.value)
    except Exception:  # noqa: BLE001 - what LiteLLM cannot judge is not served
        return True


async def read_body(receive: Receive, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The whole body. Raises Refused where it is longer than the gateway takes."""
    too_long = Refused(413, f"the body is longer than {MAX_BODY_BYTES} bytes, the most this gateway and the provider take")
    length = next((value for name, value in headers if name.lower() == b"content-length"), b"0")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise too_long
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError
        chunks += message.get("body", b"")
        if len(chunks) > MAX_BODY_BYTES:
            raise too_long
        if not message.get("more_body", False):
            return bytes(chunks)


# How long the provider is listened to after a client has gone. It bills what it has written, and says how much at the end.
LISTEN_ON_SECONDS = 30


def with_body(body: bytes, receive: Receive, listen_on: float) -> Receive:
    """A `receive` that hands out one body, and then whatever the client does; that it has gone only after some time."""
    pending = [body]

    async def next_message() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        message = await receive()
        if message["type"] == "http.disconnect":
            await asyncio.sleep(listen_on)
        return message

    return next_message


async def answer(send: Send, refused: Refused, envelope: str) -> None:
    kind = "not_found_error" if refused.status == 404 else "invalid_request_error"
    error = (
        {"type": "error", "error": {"type": kind, "message": refused.message}}
        if envelope == "anthropic"
        else {"error": {"message": refused.message, "type": kind, "param": None, "code": str(refused.status)}}
    )
    content = orjson.dumps(error)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class RequestFilter:
    """LiteLLM's application behind the rules. Requests that are no model's (the admin API, the UI, health) pass as they are."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        path = scope["path"]
        rule = rule_for(path)
        if rule is None:
            if is_unserved(path):
                await answer(send, Refused(404, "this gateway has no such route"), envelope_of(path))
            else:
                await self.application(scope, receive, send)
            return
        await self.serve(rule, scope, receive, send)

    async def serve(self, rule: Mapping[str, Any], scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive, scope["headers"])
            shown, fields, carried = rewritten(body, rule) if scope["method"] == "POST" else (b"", {}, {})
            extras = extras_of(fields | carried, scope["headers"], rule["envelope"]) if rule["spends"] else ()
        except Refused as refused:
            await answer(send, refused, rule["envelope"])
            return
        except ConnectionResetError:
            return
        headers = [(name, value) for name, value in scope["headers"] if allowed_header(name)]
        headers.append((b"content-length", str(len(shown)).encode()))
        if shown:
            # Whatever the client calls it, it was read as JSON here; LiteLLM reads forms too.
            headers.append((b"content-type", b"application/json"))
        asked = Asked(extras)
        token, asked_token = carried_fields.set(carried), asked_for.set(asked)
        try:
            await self.application(
                {**scope, "headers": headers, "query_string": allowed_query(scope["query_string"], rule["query"])},
                with_body(shown, receive, LISTEN_ON_SECONDS if rule["spends"] else 0),
                refusing(asked, rule["envelope"], send),
            )
        finally:
            asked_for.reset(asked_token)
            carried_fields.reset(token)


def refusing(asked: Asked, envelope: str, send: Send) -> Send:
    """A `send` that answers a request refused for what its key may not ask in the filter's words, not in LiteLLM's."""

    async def forward(message: Message) -> None:
        if asked.refused is None:
            await send(message)
        elif message["type"] == "http.response.start":
            await answer(send, asked.refused, envelope)

    return forward


def envelope_of(path: str) -> str:
    return "anthropic" if "/messages" in path or path.startswith("/anthropic") else "openai"


class RequestGuard(Observer):
    """Refuses a model request that reached LiteLLM without the filter: it must never be there by an accident of start-up."""

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):  # noqa: ANN001, ANN201 - LiteLLM's signature
        if carried_fields.get() is None:
            raise HTTPException(status_code=500, detail={"error": "this gateway's request filter is not in place"})
        asked = asked_for.get()
        try:
            refuse_what_a_key_may_not(asked.extras if asked else (), user_api_key_dict.metadata, data.get("model"))
        except Refused as refused:
            if asked:
                asked.refused = refused
            raise HTTPException(status_code=refused.status, detail={"error": refused.message}) from None
        await super().async_pre_call_hook(user_api_key_dict, cache, data, call_type)
        # The provider is told of a `user` that the client names; LiteLLM's books are kept by key and person alone.
        user_api_key_dict.end_user_id = None
        for bucket in ("metadata", "litellm_metadata"):
            if isinstance(data.get(bucket), dict):
                data[bucket].pop("user_api_key_end_user_id", None)
        return data


def put_in_front() -> None:
    """Puts the filter around LiteLLM's application, which has built its own middleware when its configuration is read."""
    application = proxy_server.app
    if application.middleware_stack is None:
        application.middleware_stack = application.build_middleware_stack()
    application.middleware_stack = ProtocolAnswers(RequestFilter(application.middleware_stack))


carry_past_litellm()
count_by_the_price_sheet()
leave_out_the_price_map()
wait_briefly()
reserve_what_is_expected()
end_lines_as_events_do()
put_in_front()
drain_before_the_end(SETTINGS["drainLagSeconds"])

# Named in `litellm_settings.callbacks`.
guard = RequestGuard()
