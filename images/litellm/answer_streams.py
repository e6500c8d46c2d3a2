"""A stream of events on its way to the client: pings while the provider is silent, and an `error` event where it breaks off."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson
from provider_errors import BROKEN, Answer

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# A client or a proxy on the way gives up on a connection that says nothing; the shortest such limit of common ones is 30 s.
PING_SECONDS = 15.0
PINGS = {"anthropic": b'event: ping\ndata: {"type": "ping"}\n\n', "openai": b": ping\n\n"}
ENDS = {
    "anthropic": (b"message_stop",),
    "openai": (b"[DONE]", b"response.completed", b"response.incomplete", b"response.failed"),
}


class AnswerStream:
    """Passes on the events of one answer as they come."""

    def __init__(self, send: Send, envelope: str, reword: Callable[[Any], Answer]) -> None:
        self.send = send
        self.envelope = envelope
        # Makes of an error, as LiteLLM writes it into a stream, what the client is told.
        self.reword = reword
        self.rest = b""
        self.complete = False
        self.ended = False
        self.last_sent = time.monotonic()
        self.lock = asyncio.Lock()

    async def pass_on(self, chunk: bytes, more: bool) -> None:
        if self.ended:
            return
        *events, self.rest = (self.rest + chunk).split(b"\n\n")
        if not more and self.rest.strip():
            events.append(self.rest)
        out = [self.event(event) for event in events if event.strip()]
        if not more and not self.complete:
            out.append(error_event(BROKEN, self.envelope))
        await self.write(b"".join(out), more)

    def event(self, event: bytes) -> bytes:
        # The name or the type of an event is at its beginning; the rest is the model's own text.
        head = event[:120]
        if any(end in head for end in ENDS[self.envelope]):
            self.complete = True
            if b"response.failed" in head:
                return self.failed_response(event)
        elif is_error(head):
            self.complete = True
            return error_event(self.reword(data_of(event)), self.envelope)
        return event + b"\n\n"

    def failed_response(self, event: bytes) -> bytes:
        """The end of a failed answer of OpenAI's Responses API, which holds the error among much else."""
        data = data_of(event)
        response = data.get("response") if isinstance(data, dict) else None
        error = response.get("error") if isinstance(response, dict) else None
        if isinstance(response, dict) and isinstance(error, dict):
            response["error"] = {**error, "message": self.reword({"error": {"message": error.get("message")}}).message}
        return b"data: " + orjson.dumps(data) + b"\n\n"

    async def fail(self, answer: Answer) -> None:
        """Ends the stream with an error."""
        if not self.ended:
            await self.write(error_event(answer, self.envelope), False)

    async def ping(self, at_once: bool = False) -> None:
        """Between two events only."""
        silent = at_once or time.monotonic() - self.last_sent >= PING_SECONDS
        if silent and not self.rest and not self.ended:
            await self.write(PINGS[self.envelope], True)

    async def write(self, body: bytes, more: bool) -> None:
        async with self.lock:
            if self.ended or (more and not body):
                return
            self.ended = not more
            self.last_sent = time.monotonic()
            await self.send({"type": "http.response.body", "body": body, "more_body": more})


def is_error(head: bytes) -> bool:
    first = head.split(b"data:", 1)
    return first[0].startswith(b"event: error") or (
        len(first) == 2 and first[1].replace(b" ", b"").startswith((b'{"error":', b'{"type":"error"'))
    )


def data_of(event: bytes) -> Any:
    data = b"".join(line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
    try:
        return orjson.loads(data)
    except ValueError:
        return {"error": {"type": "", "message": data.decode("utf-8", "replace")}}


def error_body(answer: Answer, envelope: str) -> Mapping[str, Any]:
    """An error in the words of the API that the client speaks."""
    if envelope == "anthropic":
        return {"type": "error", "error": {"type": answer.type, "message": answer.message}}
    return {"error": {"message": answer.message, "type": answer.type, "param": None, "code": str(answer.status)}}


def error_event(answer: Answer, envelope: str) -> bytes:
    event = b"event: error\n" if envelope == "anthropic" else b""
    return event + b"data: " + orjson.dumps(error_body(answer, envelope)) + b"\n\n"
