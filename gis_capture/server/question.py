"""A request whose query may be anything."""

from typing import Any
from urllib.parse import quote

from flask import Request


class Question(Request):
    """Quotes bytes of a query that are no ASCII, which no browser sends and which cannot be decoded otherwise."""

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query.encode("latin-1", "replace"), safe="%&=+;,/:?@!$'()*~")
        super().__init__(environ, *args, **options)
