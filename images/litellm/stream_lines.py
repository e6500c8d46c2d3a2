"""The lines of a provider's stream, as the protocol of server-sent events has them.

httpx, by which LiteLLM reads streams, ends a line at everything that Python's `str.splitlines` takes for an end: also at U+2028, U+2029, U+0085 and
some control characters. JSON holds those as they are, so an event with one in it was cut in two, and everything after it was lost: the
answer looked finished, and a fraction of it was billed (measured, 1.108.7).
"""

import re

from httpx._decoders import LineDecoder

END_OF_LINE = re.compile("\r\n|\n|\r")


def end_lines_as_events_do() -> None:
    LineDecoder.decode = decode


def decode(self: LineDecoder, text: str) -> list[str]:
    """In place of httpx's own, with the same two fields."""
    if self.trailing_cr:
        text = "\r" + text
        self.trailing_cr = False
    if text.endswith("\r"):
        # A line feed may follow in the next piece.
        self.trailing_cr = True
        text = text[:-1]
    if not text:
        return []
    *lines, rest = END_OF_LINE.split(text)
    if lines:
        lines[0] = "".join(self.buffer) + lines[0]
        self.buffer = []
    if rest:
        self.buffer.append(rest)
    return lines
