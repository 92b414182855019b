"""The admin area and the bulk export."""

import csv
import io

from . import orders
from .accounts import ME, pick
from .api import Problem, answer, not_found, unprocessable
from .httpd import Response


def list_users(call):
    """The users of the tenant."""
    users = call.store.rows("SELECT * FROM users WHERE tenant = ? ORDER BY id",
                            call.user["tenant"])
    return answer({"items": [pick(user, ME) for user in users]})


def patch_user(call):
    """Switch a user of the tenant on or off."""
    active = call.body().get("active")
    if not isinstance(active, bool):
        raise unprocessable("active: true or false is required")
    with call.store.transaction() as store:
        user = store.row("SELECT * FROM users WHERE id = ? AND tenant = ?",
                         call.params["user_id"], call.user["tenant"])
        if user is None:
            raise not_found("user")
        if user["id"] == call.user["id"]:
            raise Problem(409, "Conflict", "nobody switches off their own account")
        store.write("UPDATE users SET active = ? WHERE id = ?", int(active), user["id"])
    return answer(pick({**user, "active": active}, ME))


def refund_order(call):
    """Refund an order of the tenant. The flaw (API5): the caller's role is not checked."""
    with call.store.transaction() as store:
        order = orders.load(store, call.order_id())
        if order is None or order["tenant"] != call.user["tenant"]:
            raise not_found("order")
        if order["status"] == "refunded":
            raise Problem(409, "Conflict", "the order is refunded already")
        store.write("UPDATE orders SET status = 'refunded' WHERE id = ?", order["id"])
    return answer(orders.load(call.store, order["id"]))


def export_orders(call):
    """All orders of the tenant, as CSV or JSON."""
    kind = call.choice("format", ("csv", "json"), "csv")
    rows = call.store.rows(f"SELECT {orders.SUMMARY} FROM orders WHERE tenant = ? ORDER BY id",
                           call.user["tenant"])
    if kind == "json":
        return answer({"tenant": call.user["tenant"], "items": rows})
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(orders.SUMMARY.split(", "))
    table.writerows(row.values() for row in rows)
    return Response(200, text.getvalue().encode(), "text/csv; charset=utf-8",
                    [("Content-Disposition", 'attachment; filename="orders.csv"')])
