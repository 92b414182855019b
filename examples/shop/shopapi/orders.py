"""Orders, their products, invoices and shipping."""

import json

from . import outbound
from .api import Problem, answer, not_found, unprocessable
from .store import STATUSES, now

SUMMARY = "id, tenant, customer_id, status, currency, total_cents, created_at"
CARRIERS = ("tern", "heron", "zephyr")


def load(store, order_id):
    """The full order with its items, or None."""
    order = store.row("SELECT * FROM orders WHERE id = ?", order_id)
    if order:
        order["items"] = store.rows(
            "SELECT sku, quantity, unit_price_cents FROM items WHERE order_id = ?", order_id)
    return order


def visible(call, order_id):
    """The order if the caller may see it: its own, or the tenant's for staff."""
    order = load(call.store, order_id)
    if order is None or order["tenant"] != call.user["tenant"]:
        raise not_found("order")
    if call.user["role"] == "customer" and order["customer_id"] != call.user["id"]:
        raise not_found("order")
    return order


def page(call, where, *values):
    """One page of order summaries, newest first."""
    limit, offset = call.number("limit", 20, 1), call.number("offset", 0)
    status = call.choice("status", STATUSES)
    if status:
        where, values = f"{where} AND status = ?", (*values, status)
    # The flaw (API4): the documented maximum of 100 is not enforced.
    items = call.store.rows(
        f"SELECT {SUMMARY} FROM orders WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
        *values, limit, offset)
    total = call.store.row(f"SELECT count(*) AS total FROM orders WHERE {where}", *values)
    return {"items": items, "total": total["total"], "limit": limit, "offset": offset}


def list_products(call):
    """The catalogue."""
    return answer({"items": call.store.rows("SELECT * FROM products ORDER BY sku")})


def list_orders(call):
    """A customer's own orders; the tenant's orders for staff."""
    if call.user["role"] == "customer":
        return answer(page(call, "customer_id = ?", call.user["id"]))
    return answer(page(call, "tenant = ?", call.user["tenant"]))


def list_my_orders(call):
    """The deprecated way to list one's own orders."""
    headers = [("Deprecation", "@1767225600"), ("Sunset", "Wed, 30 Jun 2027 00:00:00 GMT"),
               ("Link", '</orders>; rel="successor-version"')]
    return answer(page(call, "customer_id = ?", call.user["id"]), headers=headers)


def get_order(call):
    """One order. The flaw (API1): whose order it is, is not checked."""
    order = load(call.store, call.order_id())
    if order is None:
        raise not_found("order")
    return answer(order)


def create_order(call):
    """Place an order.

    The flaw (API6): `max_per_customer` is shown but not enforced, and nothing slows down a
    program that buys the whole stock.
    """
    lines = call.body().get("items")
    if not isinstance(lines, list) or not 1 <= len(lines) <= 20:
        raise unprocessable("items: 1 to 20 items are required")
    with call.store.transaction() as store:
        items = [take(store, line) for line in lines]
        total = sum(quantity * price for _, quantity, price in items)
        order_id = store.write(
            "INSERT INTO orders (tenant, customer_id, status, currency, total_cents, vat_permille,"
            " shipping_cents, shipping_note, created_at) VALUES (?,?,?,?,?,?,?,?,?)",
            call.user["tenant"], call.user["id"], "placed", "EUR", total, 255, 0, "",
            now()).lastrowid
        for item in items:
            store.write("INSERT INTO items VALUES (?,?,?,?)", order_id, *item)
    return answer(load(call.store, order_id), 201, [("Location", f"/orders/{order_id}")])


def take(store, line):
    """Check one line of a new order and take it from the stock."""
    sku, quantity = (line.get("sku"), line.get("quantity")) if isinstance(line, dict) else (0, 0)
    if not (isinstance(sku, str) and sku.isascii()
            and type(quantity) is int and 1 <= quantity <= 100):
        raise unprocessable("items: sku and quantity (1 to 100) are required")
    product = store.row("SELECT * FROM products WHERE sku = ?", sku)
    if product is None:
        raise unprocessable("items: no such product")
    if product["stock"] is not None:
        if product["stock"] < quantity:
            raise Problem(409, "Conflict", "out of stock")
        store.write("UPDATE products SET stock = stock - ? WHERE sku = ?", quantity, sku)
    return sku, quantity, product["price_cents"]


def cancel_order(call):
    """Cancel an order that has not left yet."""
    with call.store.transaction() as store:
        order = visible(call, call.order_id())
        if order["status"] != "placed":
            raise Problem(409, "Conflict", f"the order is {order['status']}")
        store.write("UPDATE orders SET status = 'cancelled' WHERE id = ?", order["id"])
        for item in order["items"]:
            store.write("UPDATE products SET stock = stock + ? WHERE sku = ? AND stock IS NOT NULL",
                        item["quantity"], item["sku"])
    return answer(load(call.store, order["id"]))


def get_invoice(call):
    """The invoice. The flaw (API8): orders without a VAT rate crash, and the trace is sent."""
    order = visible(call, call.order_id())
    gross = order["total_cents"] + order["shipping_cents"]
    vat = round(gross * order["vat_permille"] / (1000 + order["vat_permille"]))
    return answer({"number": f"INV-{order['id']}", "order_id": order["id"],
                   "customer_id": order["customer_id"], "currency": order["currency"],
                   "gross_cents": gross, "vat_cents": vat, "net_cents": gross - vat})


def quote_shipping(call):
    """Ask the partner for the shipping price and put it on the order.

    The flaw (API10): whatever the partner says is stored and passed on, unchecked.
    """
    order = visible(call, call.order_id())
    carrier = call.text(call.body(), "carrier", 20)
    if carrier not in CARRIERS:
        raise unprocessable(f"carrier: one of {', '.join(CARRIERS)}")
    _, _, text = outbound.fetch(call.shop, "GET", f"http://partner.example/rates/{carrier}")
    quote = json.loads(text)
    call.store.write("UPDATE orders SET shipping_cents = ?, shipping_note = ? WHERE id = ?",
                     quote["amount_cents"], quote["note"], order["id"])
    return answer({"order_id": order["id"], "carrier": carrier,
                   "amount_cents": quote["amount_cents"], "note": quote["note"],
                   "payable_cents": order["total_cents"] + quote["amount_cents"]})
