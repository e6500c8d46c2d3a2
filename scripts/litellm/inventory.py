"""What of the installed LiteLLM this repository relies on or is reached by, as JSON on standard output.

Arguments: the directory of the request filter's Python files, then the models whose prices are wanted.
"""

import ast
import contextlib
import hashlib
import importlib
import inspect
import json
import sys
from pathlib import Path

with contextlib.redirect_stdout(sys.stderr):
    import litellm
    from litellm.proxy import proxy_server
    from litellm.proxy._types import ConfigGeneralSettings, LiteLLMRoutes

SIMPLE = (bool, int, float, str, list, dict, type(None))


def routes(application):
    """Those of routers that are included late have contexts in place of routes."""
    for route in application.routes:
        for found in (route,) if hasattr(route, "path") else route.effective_route_contexts():
            for method in getattr(found, "methods", None) or ["*"]:
                yield f"{method} {found.path}"


def filter_uses(directory):
    """What the request filter imports from LiteLLM or replaces in it: a hash of its source, or null where it is gone."""
    for file in sorted(Path(directory).glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("litellm"):
                for alias in node.names:
                    imported[alias.name] = node.module
                    yield f"{node.module}.{alias.name}", fingerprint(node.module, alias.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                owner = node.targets[0].value
                if isinstance(owner, ast.Name) and owner.id in imported:
                    name = f"{owner.id}.{node.targets[0].attr}"
                    yield f"{imported[owner.id]}.{name}", fingerprint(imported[owner.id], name)


def fingerprint(module, name):
    try:
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    # Of a class or a module only what is replaced in it counts, and that is listed for itself.
    if not inspect.isfunction(found):
        return "there"
    return hashlib.sha256(inspect.getsource(found).encode()).hexdigest()[:12]


def settings():
    """Keys of the configuration file, by its parts."""
    yield from (f"general_settings.{name}" for name in ConfigGeneralSettings.model_fields)
    yield from (f"router_settings.{name}" for name in inspect.signature(litellm.Router.__init__).parameters if name != "self")
    yield from (f"litellm_settings.{name}" for name, value in vars(litellm).items() if not name.startswith("_") and isinstance(value, SIMPLE))
    yield from (f"litellm_params.{name}" for name in litellm.types.router.LiteLLM_Params.model_fields)


directory, *models = sys.argv[1:]
json.dump(
    {
        "routes": sorted(set(routes(proxy_server.app))),
        "key_routes": sorted(set(LiteLLMRoutes.llm_api_routes.value)),
        "settings": sorted(set(settings())),
        "filter": dict(filter_uses(directory)),
        "prices": {model: litellm.model_cost.get(model) for model in models},
    },
    sys.stdout,
)
