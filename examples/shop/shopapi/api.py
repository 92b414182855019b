"""What every operation shares: the call in hand, answers, problems and checks of input."""

import json
from dataclasses import dataclass

from .httpd import Response


class Problem(Exception):
    """An error answered as application/problem+json (RFC 9457)."""

    def __init__(self, status, title, detail="", headers=()):
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = list(headers)

    def response(self, instance):
        """The problem document."""
        body = {"type": "about:blank", "title": self.title, "status": self.status,
                "detail": self.detail or self.title, "instance": instance}
        return Response(self.status, json.dumps(body).encode(), "application/problem+json",
                        self.headers)


def not_found(what):
    """The 404 of one kind of thing."""
    return Problem(404, "Not Found", f"no such {what}")


def unprocessable(detail):
    """The 422 of a value that does not fit."""
    return Problem(422, "Unprocessable Content", detail)


def answer(value, status=200, headers=()):
    """A JSON answer."""
    return Response(status, json.dumps(value, separators=(",", ":")).encode(), "application/json",
                    list(headers))


@dataclass
class Call:
    """One call of an operation: the request, who calls, and the shop behind it."""

    shop: object
    request: object
    params: dict
    user: dict | None = None

    @property
    def store(self):
        return self.shop.store

    def body(self):
        """The JSON object sent."""
        media_type = self.request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise Problem(415, "Unsupported Media Type", "send application/json")
        try:
            value = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Problem(400, "Bad Request", "the body is not JSON") from None
        if not isinstance(value, dict):
            raise unprocessable("the body is not an object")
        return value

    def text(self, body, name, longest=200):
        """A required, non-empty text member of the body."""
        value = body.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            raise unprocessable(f"{name}: 1 to {longest} printable characters are required")
        return value

    def number(self, name, default, least=0):
        """A whole number from the query string."""
        value = self.request.query.get(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= least):
            raise unprocessable(f"{name}: a whole number of at least {least} is required")
        return int(value)

    def choice(self, name, choices, default=None):
        """One of the listed values from the query string."""
        value = self.request.query.get(name, default)
        if value is not None and value not in choices:
            raise unprocessable(f"{name}: one of {', '.join(choices)}")
        return value

    def order_id(self):
        """The order number from the path."""
        value = self.params["order_id"]
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise not_found("order")
        return int(value)
