"""Starts a program with the key in a socket, as CLAUDE_CODE_GATEWAY_TOKEN_FILE_DESCRIPTOR asks for.

    python3 -I hand-over-key.py FILE PROGRAM [ARGUMENT ...]

Claude Code reads it once, closes it and forgets the variable, so that the key is in no environment and no argument.
It takes no file or pipe, only a socket.
"""

import os
import socket
import sys

file, program, *arguments = sys.argv[1:]
with open(file, "rb") as opened:
    key = opened.read(4096).strip()
ours, theirs = socket.socketpair()
ours.sendall(key + b"\n")
ours.close()
descriptor = theirs.detach()
os.set_inheritable(descriptor, True)
os.environ["CLAUDE_CODE_GATEWAY_TOKEN_FILE_DESCRIPTOR"] = str(descriptor)
os.execvp(program, [program, *arguments])
