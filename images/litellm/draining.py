"""The end of one LiteLLM among several, without a request lost.

Told to end, LiteLLM closes its port at once, and requests that were on their way to it fail. So it first says that it is not
ready, which the edge asks every second, and goes on serving until the edge sends it nothing more. Then LiteLLM's own shutdown
begins, which waits for the requests under way (`GRACEFUL_SHUTDOWN_TIMEOUT`).
"""

import asyncio
import signal
import threading
from types import FrameType

from litellm.proxy.shutdown.graceful_shutdown_manager import GracefulShutdownManager


def drain_before_the_end(lag_seconds: float) -> None:
    """Delays what SIGTERM does by `lag_seconds`; a second SIGTERM does it at once. Called in LiteLLM's event loop."""
    if lag_seconds <= 0 or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    ends = signal.getsignal(signal.SIGTERM)
    if not callable(ends):
        return

    def end(number: int, frame: FrameType | None) -> None:
        if GracefulShutdownManager.is_shutting_down():
            ends(number, frame)
            return
        GracefulShutdownManager.start_shutdown()
        # From within a signal's handler the loop has to be woken.
        loop.call_soon_threadsafe(loop.call_later, lag_seconds, ends, number, None)

    signal.signal(signal.SIGTERM, end)
