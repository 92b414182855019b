"""The shop: finds the operation, asks who calls, and turns errors into answers."""

import platform
import sqlite3
import traceback

from . import VERSION, tokens
from .api import Call, Problem
from .httpd import Response
from .operations import OPEN, Router
from .people import SCOPES
from .store import Store

# The flaw (API8): the headers tell everyone what runs here.
LEAKY_HEADERS = [("Server", f"orders-shop/{VERSION} Python/{platform.python_version()}"),
                 ("X-Powered-By", f"SQLite/{sqlite3.sqlite_version}")]


class Shop:
    """The state of one running sample API."""

    def __init__(self, directory, seed):
        self.store = Store(directory, seed)
        self.key = tokens.load_key(directory)
        self.router = Router()
        self.neighbour_port = 0

    def handle(self, request):
        """Answer one request."""
        try:
            response = self.dispatch(request)
        except Problem as problem:
            response = problem.response(request.path)
        except Exception:  # the flaw (API8): the stack trace goes to the client
            response = Response(500, traceback.format_exc().encode(), "text/plain; charset=utf-8")
        response.headers = LEAKY_HEADERS + response.headers
        return response

    def dispatch(self, request):
        """Find the operation, check the token and its scope, run it."""
        methods, params = self.router.find(request.path)
        if not methods:
            raise Problem(404, "Not Found", "no such resource")
        operation = methods.get(request.method)
        if operation is None and request.method == "HEAD":
            operation = methods.get("GET")
        if operation is None:
            raise Problem(405, "Method Not Allowed", headers=[("Allow", ", ".join(methods))])
        call = Call(self, request, params)
        if operation.scope != OPEN:
            call.user = self.authenticate(request)
            if operation.scope and operation.scope not in SCOPES[call.user["role"]]:
                raise Problem(403, "Forbidden", f"the scope {operation.scope} is required")
        return operation.handler(call)

    def authenticate(self, request):
        """The user of the bearer token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(401, "Unauthorized", "a bearer token is required",
                          [("WWW-Authenticate", 'Bearer realm="orders-shop"')])
        try:
            claims = tokens.verify(self.key, token.strip())
        except tokens.InvalidToken as error:
            raise Problem(401, "Unauthorized", str(error), [(
                "WWW-Authenticate", 'Bearer realm="orders-shop", error="invalid_token"')]) from None
        user = self.store.row("SELECT * FROM users WHERE id = ? AND active = 1", claims["sub"])
        if user is None:
            raise Problem(401, "Unauthorized", "no such user")
        return user

    def close(self):
        """Close the database."""
        self.store.close()
