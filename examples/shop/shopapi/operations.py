"""The table of operations: what the router knows and what openapi.yaml has to agree with."""

from dataclasses import dataclass
from typing import Callable

from . import accounts, admin, files, inventory, orders, outbound

OPEN = "open"  # no token needed
ANYONE = ""  # any valid token will do


@dataclass(frozen=True)
class Operation:
    """One operation: `scope` is what the token's role must hold."""

    method: str
    path: str
    operation_id: str
    handler: Callable
    scope: str
    documented: bool = True


OPERATIONS = (
    Operation("GET", "/health", "getHealth", inventory.get_health, OPEN),
    Operation("POST", "/login", "login", accounts.login, OPEN),
    Operation("GET", "/me", "getMe", accounts.get_me, "profile"),
    Operation("GET", "/me/profile", "getProfile", accounts.get_profile, "profile"),
    Operation("PATCH", "/me/profile", "patchProfile", accounts.patch_profile, "profile"),
    Operation("GET", "/me/orders", "listMyOrders", orders.list_my_orders, "orders:read"),
    Operation("GET", "/users/{user_id}", "getUser", accounts.get_user, "profile"),
    Operation("GET", "/products", "listProducts", orders.list_products, "orders:read"),
    Operation("GET", "/orders", "listOrders", orders.list_orders, "orders:read"),
    Operation("POST", "/orders", "createOrder", orders.create_order, "orders:write"),
    Operation("GET", "/orders/{order_id}", "getOrder", orders.get_order, "orders:read"),
    Operation("POST", "/orders/{order_id}/cancel", "cancelOrder", orders.cancel_order,
              "orders:write"),
    Operation("GET", "/orders/{order_id}/invoice", "getInvoice", orders.get_invoice,
              "orders:read"),
    Operation("POST", "/orders/{order_id}/shipping-quote", "quoteShipping",
              orders.quote_shipping, "orders:write"),
    Operation("GET", "/exports/orders", "exportOrders", admin.export_orders, "exports:read"),
    Operation("GET", "/files", "listFiles", files.list_files, "files"),
    Operation("PUT", "/files/{name}", "putFile", files.put_file, "files"),
    Operation("GET", "/files/{name}", "getFile", files.get_file, "files"),
    Operation("HEAD", "/files/{name}", "headFile", files.get_file, "files"),
    Operation("DELETE", "/files/{name}", "deleteFile", files.delete_file, "files"),
    Operation("POST", "/webhooks/test", "testWebhook", outbound.test_webhook, "webhooks"),
    Operation("GET", "/admin/users", "listUsers", admin.list_users, "admin:users"),
    Operation("PATCH", "/admin/users/{user_id}", "patchUser", admin.patch_user, "admin:users"),
    # The flaw (API5): documented with the scope admin:refunds, which is not asked for.
    Operation("POST", "/admin/orders/{order_id}/refund", "refundOrder", admin.refund_order,
              ANYONE),
    Operation("GET", "/v0/orders", "listOrdersV0", inventory.list_orders_v0, OPEN),
    Operation("GET", "/internal/debug/config", "debugConfig", inventory.debug_config, OPEN,
              documented=False),
)


class Router:
    """Finds the operation of a method and a path; literal segments win over parameters."""

    def __init__(self, operations=OPERATIONS):
        self.paths = {}
        for operation in operations:
            segments = tuple(operation.path.split("/")[1:])
            self.paths.setdefault(segments, {})[operation.method] = operation
        self.templates = [segments for segments in self.paths
                          if any(segment.startswith("{") for segment in segments)]

    def find(self, path):
        """(operations by method, parameters) of a path; ({}, {}) when unknown."""
        segments = tuple(path.split("/")[1:])
        if segments in self.paths and segments not in self.templates:
            return self.paths[segments], {}
        for template in self.templates:
            if len(template) == len(segments):
                pairs = list(zip(template, segments))
                if all(a.startswith("{") and b or a == b for a, b in pairs):
                    return self.paths[template], {a[1:-1]: b for a, b in pairs if a[0] == "{"}
        return {}, {}
