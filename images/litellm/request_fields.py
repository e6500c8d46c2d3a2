"""Which fields, query parameters and headers of a request LiteLLM is shown, by the rules in `request-rules.json`.

The rules are rendered from `litellm-config/request-rules.ts`. A field that the rules name reaches LiteLLM. On Anthropic's
routes a field that neither the rules nor LiteLLM know goes on to Anthropic past LiteLLM, as its gateway protocol asks. Every
other field is taken out; what is taken out is neither logged nor named in an answer.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import litellm
import orjson
from litellm.llms.anthropic.pass_through.messages.handler import anthropic_messages
from litellm.proxy.auth.auth_utils import _BANNED_REQUEST_BODY_PARAMS
from litellm.proxy.litellm_pre_call_utils import _UNTRUSTED_ROOT_CONTROL_FIELDS
from litellm.types.router import GenericLiteLLMParams, LiteLLM_Params
from litellm.types.utils import all_litellm_params

Fields = dict[str, Any]

RULES: Mapping[str, Any] = json.loads((Path(__file__).parent / "request-rules.json").read_text())
BY_PATH: Mapping[str, Mapping[str, Any]] = {path: rule for rule in RULES["routes"] for path in rule["paths"]}
HEADERS = frozenset(RULES["headers"]["names"])
HEADER_PREFIXES = tuple(RULES["headers"]["prefixes"])
MAX_MODEL_NAME = 200
PLAIN_WORD = re.compile(r"[A-Za-z0-9._%/-]{1,200}")


class Refused(Exception):
    """A request that the filter answers itself."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


# Where LiteLLM keeps a request's fields, and looks them up.
READS_REQUESTS = (
    "main.py",
    "router.py",
    "utils.py",
    "litellm_core_utils/litellm_logging.py",
    "litellm_core_utils/get_litellm_params.py",
    "proxy/auth/auth_utils.py",
    "proxy/common_request_processing.py",
    "proxy/litellm_pre_call_utils.py",
    "proxy/route_llm_request.py",
)
LOOK_UP = re.compile(r"""\b(?:data|\w*kwargs|\w*request_data|request_body)(?:\.(?:get|pop)\(|\[)\s*["']([\w.-]+)["']""")


def names_litellm_knows() -> frozenset[str]:
    """Every name that this LiteLLM takes or looks up as a parameter of a request: a new version brings its new ones."""
    functions = (
        anthropic_messages,
        litellm.aresponses,
        *vars(litellm.main).values(),
        *vars(litellm.Router).values(),
    )
    root = Path(litellm.__file__).parent
    return frozenset(
        [
            *all_litellm_params,
            *GenericLiteLLMParams.model_fields,
            *LiteLLM_Params.model_fields,
            *_BANNED_REQUEST_BODY_PARAMS,
            *_UNTRUSTED_ROOT_CONTROL_FIELDS,
            *(name for function in functions for name in keyword_parameters(function)),
            *(name for file in READS_REQUESTS for name in LOOK_UP.findall((root / file).read_text(encoding="utf-8"))),
        ]
    )


def keyword_parameters(function: Any) -> Iterable[str]:
    """The parameters of a function that a request's fields are spread into."""
    function = inspect.unwrap(function) if callable(function) else function
    if not inspect.isfunction(function):
        return ()
    parameters = inspect.signature(function).parameters
    return parameters if any(each.kind is each.VAR_KEYWORD for each in parameters.values()) else ()


KNOWN = names_litellm_knows() | frozenset(RULES["litellm_names"])
KNOWN_PREFIXES = tuple(RULES["litellm_prefixes"])


def rule_for(path: str) -> Mapping[str, Any] | None:
    """The rule of a served path; a path below `/v1/models/` names a model."""
    rule = BY_PATH.get(path)
    if rule is None and path.startswith("/v1/models/") and "/" not in path[len("/v1/models/") :]:
        return BY_PATH["/v1/models/{model}"]
    return rule


def filtered_fields(body: Fields, rule: Mapping[str, Any]) -> tuple[Fields, Fields]:
    """Splits a body into what LiteLLM is shown and what goes to Anthropic past it. Raises Refused."""
    shown: Fields = {}
    carried: Fields = {}
    for name, value in body.items():
        if name == "metadata" and name in rule["fields"]:
            shown_part, rest = split_metadata(value)
            if shown_part:
                shown[name] = shown_part
            if rest and rule["carry_unknown"]:
                carried[name] = rest
        elif name in rule["fields"]:
            shown[name] = value
        elif rule["carry_unknown"] and (name in rule["carried"] or not is_known(name)):
            carried[name] = value
    require_one_model(shown)
    for name, check in CHECKS.items():
        if name in shown:
            check(shown[name])
    return shown, carried


def is_known(name: str) -> bool:
    return name in KNOWN or name.startswith(KNOWN_PREFIXES)


def split_metadata(value: Any) -> tuple[Fields, Fields]:
    """LiteLLM keeps its own books in `metadata` (tags, guardrails, spend): it is shown the provider's `user_id` and no more."""
    if not isinstance(value, dict):
        return {}, {}
    rest = {name: inner for name, inner in value.items() if name != "user_id" and not is_known_metadata(name)}
    user = value.get("user_id")
    return ({"user_id": user} if isinstance(user, str) else {}), rest


def is_known_metadata(name: str) -> bool:
    return is_known(name) or name in RULES["litellm_metadata_names"]


def require_one_model(fields: Fields) -> None:
    """LiteLLM takes a list, or a text with commas, for several models and asks each."""
    model = fields.get("model")
    if model is None:
        return
    if not isinstance(model, str) or not model or len(model) > MAX_MODEL_NAME or not model.isprintable() or "," in model:
        raise Refused(400, "`model` must be the name of one model; GET /v1/models lists those this key may use")


def check_tools(tools: Any) -> None:
    """Tools in which LiteLLM or the provider would have another model answer, or LiteLLM call a server itself."""
    for tool in tools if isinstance(tools, list) else []:
        if not isinstance(tool, dict):
            continue
        kind = str(tool.get("type", "")).lower()
        if kind.startswith("advisor"):
            raise Refused(
                400,
                "`tools`: an advisor tool has another model answer inside the request, past this key's models and budget; leave it out",
            )
        if "mcp" in kind and str(tool.get("server_url", "")).strip().lower().startswith("litellm_proxy"):
            raise Refused(400, "`tools`: this gateway runs no MCP servers; give the server's own URL in `server_url`")


def check_prompt(prompt: Any) -> None:
    """LiteLLM makes one request of each inner list, with retries of its own."""
    if isinstance(prompt, list) and any(isinstance(part, list) for part in prompt):
        raise Refused(400, "`prompt` must be one prompt: a text or one list; send several prompts as several requests")


CHECKS: Mapping[str, Callable[[Any], None]] = {"tools": check_tools, "prompt": check_prompt}


def parse(body: bytes) -> Fields:
    """The body, read by the parser that LiteLLM reads it with. Raises Refused."""
    try:
        parsed = orjson.loads(body)
    except ValueError:
        raise Refused(400, "the body is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise Refused(400, "the body must be a JSON object")
    return parsed


def rewritten(body: bytes, rule: Mapping[str, Any]) -> tuple[bytes, Fields]:
    """The body as LiteLLM is shown it, the same bytes where nothing is taken out, and what is carried past it. Raises Refused."""
    if not body.strip():
        return body, {}
    fields = parse(body)
    shown, carried = filtered_fields(fields, rule)
    return (body if shown == fields else orjson.dumps(shown)), carried


def allowed_header(name: bytes) -> bool:
    text = name.decode("latin-1").lower()
    return text in HEADERS or text.startswith(HEADER_PREFIXES)


def allowed_query(query: bytes, allowed: Mapping[str, str]) -> bytes:
    """The parameters that a route's rule names, in the form it names."""
    kept = (part for part in query.decode("latin-1").split("&") if is_allowed_parameter(part, allowed))
    return "&".join(kept).encode("latin-1")


def is_allowed_parameter(part: str, allowed: Mapping[str, str]) -> bool:
    name, _, value = part.partition("=")
    wanted = allowed.get(name)
    return wanted == value or (wanted == "*" and PLAIN_WORD.fullmatch(value) is not None)
