"""`GET /v1/models` in one shape that clients of Anthropic's and of OpenAI's API both read, with the catalog's titles."""

from collections.abc import Mapping
from typing import Any

import orjson

# What LiteLLM does not know of a model; OpenAI's clients and Anthropic's show it nowhere.
CREATED = "2025-01-01T00:00:00Z"


def with_titles(body: bytes, titles: Mapping[str, str]) -> bytes:
    """A list of models with `display_name` and the fields of Anthropic's API; any other body as it is."""
    try:
        listed = orjson.loads(body)
    except ValueError:
        return body
    if isinstance(listed, dict) and "id" in listed:
        return orjson.dumps(titled(listed, titles))
    if not isinstance(listed, dict) or not isinstance(listed.get("data"), list):
        return body
    data = [titled(model, titles) for model in listed["data"]]
    ids = [model["id"] for model in data if isinstance(model, dict) and "id" in model]
    page = {"has_more": False, "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
    return orjson.dumps({**page, **listed, "data": data})


def titled(model: Any, titles: Mapping[str, str]) -> Any:
    if not isinstance(model, dict):
        return model
    name = str(model.get("id", ""))
    return {"type": "model", "created_at": CREATED, **model, "display_name": titles.get(name, name)}
