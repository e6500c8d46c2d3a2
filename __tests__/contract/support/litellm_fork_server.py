"""Imports LiteLLM once and forks a process for each gateway that is asked for on standard input.

Importing takes some ten seconds of a processor, every time; what a gateway does is decided by its environment, arguments
and configuration, which each process gets before LiteLLM's own program runs. One JSON object a line: in come requests
`{"id", "arguments", "environment", "directory", "log"}`, out go `{"ready"}`, `{"id", "pid"}` and, with the exit status,
`{"id", "ended"}`.
All processes end with this one, and this one with its standard input. Linux only.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import sys
import traceback

gc.disable()  # as in runtime/services/litellm_program.py
import litellm  # noqa: E402
import litellm.proxy.proxy_server  # noqa: E402, F401 (what takes so long)

gc.freeze()
gc.enable()

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
children: dict[int, str] = {}


def say(message: dict) -> None:
    os.write(1, (json.dumps(message) + "\n").encode())


def become_gateway(request: dict) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.closerange(3, 1024)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["litellm", *request["arguments"]]
    litellm.run_server()


def handle(request: dict) -> None:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            become_gateway(request)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001 - whatever it is, the interpreter would print it and exit with 1
            traceback.print_exc()
        finally:
            os._exit(status)
    children[pid] = request["id"]
    say({"id": request["id"], "pid": pid})


def reap() -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid in children:
            say({"id": children.pop(pid), "ended": os.waitstatus_to_exitcode(status)})


def main() -> None:
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(awake, selectors.EVENT_READ)
    say({"ready": True})
    unread = b""
    while True:
        for key, _ in selector.select():
            data = os.read(key.fd, 65536)
            if key.fd == awake:
                reap()
                continue
            if not data:
                return
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                handle(json.loads(line))


main()
