"""Every name by which the installed LiteLLM takes or reads a parameter of a request, as JSON: what a test feeds it.

From its types and functions, and from its source: whatever it looks up by name in a request, in a dictionary of keyword
arguments, or in metadata.
"""

import ast
import json
import sys
from pathlib import Path

import litellm
from litellm.types.utils import all_litellm_params

LOOKS = {"get", "pop", "setdefault"}
# Names under which its source holds a request.
REQUESTS = {"data", "kwargs", "request_data", "request_body", "body", "litellm_params", "optional_params", "request_kwargs", "_data", "new_kwargs"}


def looked_up(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOKS:
            if holds_request(node.func.value) and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
        elif isinstance(node, ast.Subscript) and holds_request(node.value) and isinstance(node.slice, ast.Constant):
            yield node.slice.value
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and holds_request(node.comparators[0]):
            yield node.left.value


def holds_request(node: ast.AST) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name in REQUESTS


def signatures(tree: ast.AST):
    """Parameters of what a request's fields are spread into."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.kwarg is not None:
            yield from (argument.arg for argument in [*node.args.args, *node.args.kwonlyargs])


def typed_fields(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(word in node.name for word in ("Params", "Request", "Litellm", "LiteLLM")):
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    yield statement.target.id


root = Path(litellm.__file__).parent
names = set(all_litellm_params)
for path in root.rglob("*.py"):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in (*looked_up(tree), *signatures(tree), *typed_fields(tree)):
        if isinstance(name, str) and name and name.isprintable():
            names.add(name)
json.dump(sorted(names), sys.stdout)
