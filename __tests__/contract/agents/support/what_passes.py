"""Applies a gateway's own request filter to what clients sent.

Usage: what_passes.py DIRECTORY, with a JSON list of {"url", "rawHeaders", "body"} on standard input; DIRECTORY holds the
filter and its rules. Prints, per request, what is taken out of it.
"""

import json
import sys
from urllib.parse import urlsplit

sys.path.insert(0, sys.argv[1])
import request_fields  # noqa: E402

report = []
for request in json.load(sys.stdin):
    url = urlsplit(request["url"])
    rule = request_fields.rule_for(url.path)
    if rule is None:
        report.append({"url": request["url"], "served": False, "fields": [], "query": False, "headers": []})
        continue
    sent = json.loads(request["body"]) if request["body"] else {}
    shown, carried = request_fields.filtered_fields(sent, rule)
    kept = {**carried, **shown}
    if isinstance(sent.get("metadata"), dict):
        kept["metadata"] = {**carried.get("metadata", {}), **shown.get("metadata", {})}
    query = url.query.encode()
    names = [name.encode() for name in request["rawHeaders"][::2]]
    report.append(
        {
            "url": request["url"],
            "served": True,
            "fields": [name for name in sent if kept.get(name) != sent[name]],
            "query": request_fields.allowed_query(query, rule["query"]) != query,
            "headers": [name.decode() for name in names if not request_fields.allowed_header(name)],
        }
    )
json.dump(report, sys.stdout)
