"""LiteLLM's own program, started in two thirds of the processor time.

Its import makes millions of objects, all of which stay, and Python's garbage collector searches them again and again meanwhile.
"""

import gc
import sys

gc.disable()
import litellm.proxy.proxy_server  # noqa: E402, F401 (what takes so long)
from litellm import run_server  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(run_server())
