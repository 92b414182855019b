"""Operations about the service itself, and those that should no longer be there (API9)."""

from . import VERSION, orders
from .api import answer


def get_health(_call):
    """Whether the service is up."""
    return answer({"status": "ok", "version": VERSION})


def list_orders_v0(call):
    """The zombie (API9): retired, yet it answers everyone, with the orders of all tenants."""
    return answer(orders.page(call, "1 = 1"))


def debug_config(call):
    """The shadow (API9): in no document, answers everyone, gives out the signing key."""
    return answer({"version": VERSION, "debug": True, "database": call.shop.store.path.name,
                   "signing_key": call.shop.key.decode(),
                   "neighbour": f"http://127.0.0.1:{call.shop.neighbour_port}"})
