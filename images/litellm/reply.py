"""One answer of LiteLLM's on its way out, as `protocol_answers.py` changes it."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from answer_streams import PING_SECONDS, AnswerStream, error_body
from caps import caps_of
from exchange import Exchange
from gateway_errors import COUNT_PATH, NOT_COUNTED, answer_for, broken_stream, provider_count
from litellm.proxy import proxy_server
from model_titles import with_titles
from provider_errors import Answer
from usage_headers import encoded, usage_headers

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]

SETTINGS: Mapping[str, Any] = json.loads((Path(__file__).parent / "protocol.json").read_text())
CONTACT: str = SETTINGS["contact"]
TITLES: Mapping[str, str] = SETTINGS["titles"]
# The provider's own limits and what LiteLLM repeats of its headers are none of the client's.
UPSTREAM_HEADERS = (b"anthropic-ratelimit-", b"llm_provider-")
# What stays of LiteLLM's headers on an error; the rest describes the body that it wrote, or its own affairs.
KEPT_ON_ERRORS = (
    b"x-litellm-call-id",
    b"x-ratelimit-",
    b"x-litellm-version",
    b"date",
    b"server",
    b"www-authenticate",
    b"x-litellm-attempted-",
)
# Clients that make nothing of `x-should-retry`, by protocol: at a 429 OpenCode and Kilo Code wait until `Retry-After`, for
# days, Codex says "exceeded retry limit" in place of our sentence, and Cline (`ai-sdk/anthropic`) asks six times within a
# minute. At 402 they stop and show it.
WAIT_OR_HIDE_429 = {"openai": ("opencode", "kilo-code", "codex"), "anthropic": ("ai-sdk/anthropic",)}
# Answers that are changed in their body.
READ_WHOLE = ("/v1/models", "/models", COUNT_PATH)


class Reply:
    """One answer on its way out."""

    def __init__(self, send: Send, exchange: Exchange, path: str, envelope: str, agent: str = "") -> None:
        self.send = send
        self.exchange = exchange
        self.path = path
        self.envelope = envelope
        # `User-Agent`, in lower case.
        self.agent = agent
        self.status = 0
        self.headers: HeaderList = []
        # Set where the body is read whole before anything is sent.
        self.body: bytearray | None = None
        self.stream: AnswerStream | None = None
        # Whether anything was sent.
        self.begun = False
        self.lock = asyncio.Lock()

    async def take(self, message: Message) -> None:
        """A message of the application."""
        if message["type"] == "http.response.start":
            async with self.lock:
                await self.begin(message["status"], list(message["headers"]))
        elif message["type"] == "http.response.body":
            await self.continue_with(message.get("body", b""), message.get("more_body", False))
        else:
            await self.send(message)

    async def begin(self, status: int, headers: HeaderList) -> None:
        self.status = status
        self.headers = [each for each in headers if not each[0].lower().startswith(UPSTREAM_HEADERS)]
        is_changed = self.path in READ_WHOLE or self.path.startswith("/v1/models/")
        if status >= 400 or (status == 200 and is_changed):
            self.body = bytearray()
        elif self.stream is None:
            await self.start(await self.usage())

    async def continue_with(self, body: bytes, more: bool) -> None:
        if self.body is not None:
            self.body += body
            if not more:
                await self.finish()
        elif self.stream is not None:
            await self.stream.pass_on(body, more)
        else:
            await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def start(self, usage: Mapping[str, str]) -> None:
        """Sends the head of a good answer; a body of events is watched from here on."""
        if dict(self.headers).get(b"content-type", b"").startswith(b"text/event-stream"):
            self.stream = AnswerStream(self.send, self.envelope, self.reworded)
        self.begun = True
        await self.send(
            {"type": "http.response.start", "status": self.status, "headers": [*self.headers, *encoded(dict(usage))]}
        )

    async def finish(self) -> None:
        body = bytes(self.body or b"")
        if self.status >= 400:
            await self.refuse(await answer_for(self.status, parsed(body), self.exchange, self.path, CONTACT))
        elif self.path != COUNT_PATH:
            await self.send_whole(self.status, with_titles(body, TITLES), self.headers, {})
        elif (count := provider_count(parsed(body))) is None:
            await self.refuse(NOT_COUNTED)
        else:
            await self.send_whole(self.status, orjson.dumps(count), self.headers, await self.usage())

    async def refuse(self, answer: Answer) -> None:
        if answer.type == "billing_error" and self.agent.startswith(WAIT_OR_HIDE_429[self.envelope]):
            # Without `Retry-After`, which Codex waits for at any status.
            more = {name: value for name, value in answer.headers.items() if name != "retry-after"}
            answer = replace(answer, status=402, headers=more)
        if self.stream is not None:
            await self.stream.fail(answer)
            return
        kept = [each for each in self.headers if each[0].lower().startswith(KEPT_ON_ERRORS)]
        body = orjson.dumps(error_body(answer, self.envelope))
        await self.send_whole(answer.status, body, kept, {"content-type": "application/json", **answer.headers})

    async def fail(self, answer: Answer) -> None:
        """After an exception of the application itself."""
        if self.stream is not None or not self.begun:
            await self.refuse(answer)

    async def send_whole(self, status: int, body: bytes, headers: HeaderList, more: Mapping[str, str]) -> None:
        lengths = encoded({**more, "content-length": str(len(body))})
        kept = [each for each in headers if each[0].lower() != b"content-length"]
        self.begun = True
        await self.send({"type": "http.response.start", "status": status, "headers": [*kept, *lengths]})
        await self.send({"type": "http.response.body", "body": body})

    def reworded(self, event: Any) -> Answer:
        return broken_stream(event, self.exchange)

    async def usage(self) -> dict[str, str]:
        """Of the key that asked; nothing where that cannot be found out, since the answer itself is good."""
        if self.exchange.identity is None:
            return {}
        cost = dict(self.headers).get(b"x-litellm-response-cost", b"0")
        try:
            reservation = getattr(self.exchange.identity, "budget_reservation", None) or {}
            is_counted = reservation.get("finalized") is True
            return usage_headers(await caps_of(self.exchange.identity), 0.0 if is_counted else number(cost))
        except Exception:  # noqa: BLE001
            proxy_server.verbose_proxy_logger.exception("the usage of a key is not known")
            return {}

    async def keep_alive(self) -> None:
        """Pings in the silences of a stream; before its first event too, which begins the answer."""
        with contextlib.suppress(OSError):
            while True:
                await asyncio.sleep(1)
                if self.stream is not None:
                    await self.stream.ping()
                elif self.is_overdue():
                    async with self.lock:
                        if self.is_overdue():
                            self.status = 200
                            self.headers = [
                                (b"content-type", b"text/event-stream; charset=utf-8"),
                                (b"cache-control", b"no-cache"),
                            ]
                            await self.start(await self.usage())
                            self.headers = []
                            await self.stream.ping(at_once=True)

    def is_overdue(self) -> bool:
        accepted = self.exchange.accepted_at
        return (
            self.status == 0
            and self.exchange.streams
            and accepted is not None
            and time.monotonic() - accepted >= PING_SECONDS
        )


def parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
