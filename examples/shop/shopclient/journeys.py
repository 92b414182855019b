"""How the users behave: each session is a generator that yields calls and is sent answers."""

import json
from dataclasses import dataclass, field

CUSTOMER_ACTIVITIES = {"look_at_orders": 26, "buy": 16, "cancel": 5, "profile": 8, "files": 12,
                       "invoice": 10, "colleague": 4, "webhook": 4, "old_app": 3, "catalogue": 8}
SUPPORT_ACTIVITIES = {"tenant_orders": 40, "invoice": 15, "colleague": 12, "profile": 4,
                      "files": 6, "catalogue": 4}
ADMIN_ACTIVITIES = {"tenant_orders": 18, "users": 22, "refund": 12, "confirm_user": 8,
                    "export": 3, "profile": 4, "buy": 3, "webhook": 3}
ACTIVITIES = {"customer": CUSTOMER_ACTIVITIES, "support": SUPPORT_ACTIVITIES,
              "admin": ADMIN_ACTIVITIES}
USER_AGENTS = {"customer": ("ShopWeb/3.2", "ShopApp/5.1 (Android)", "ShopApp/5.1 (iOS)"),
               "support": ("ShopDesk/2.0",), "admin": ("ShopAdmin/2.0",)}
SKUS = ("ROPE-10", "LAMP-LED", "TARP-3X4", "SEED-MIX", "SPADE-S", "GLOVES-M", "BOOTS-42",
        "FLASK-1L")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
                    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082")


@dataclass
class Call:
    """One call, the statuses it may be answered with, and the media type of its answer."""

    method: str
    path: str
    expect: tuple = (200,)
    headers: list = field(default_factory=list)
    body: bytes | None = None
    wants: str = "application/json"


class Journey:
    """One user over the day."""

    def __init__(self, person, colleagues, rng):
        self.person = person
        self.colleagues = colleagues
        self.rng = rng
        self.user_agent = rng.choice(USER_AGENTS[person.role])
        self.token = ""
        self.own_files = set()
        self.uploads = 0

    def call(self, method, path, expect=(200,), value=None, **more):
        """A call with the token and, when `value` is given, a JSON body."""
        headers = more.pop("headers", [])
        if self.token:
            headers = [("Authorization", f"Bearer {self.token}"), *headers]
        if value is not None:
            headers = [*headers, ("Content-Type", "application/json")]
            more["body"] = json.dumps(value).encode()
        accept = more.get("wants", "application/json") or "*/*"
        return Call(method, path, expect, [("Accept", accept), *headers], **more)

    def login(self):
        """Log in; now and then the password is mistyped first."""
        self.token = ""
        credentials = {"email": self.person.email, "password": self.person.password}
        if self.rng.random() < 0.03:
            yield self.call("POST", "/login", (401,), credentials | {"password": "mistyped"})
        answer = yield self.call("POST", "/login", value=credentials)
        self.token = answer.json()["access_token"]
        yield self.call("GET", "/me")

    def session(self):
        """An endless session: log in, then one activity after the other."""
        yield from self.login()
        if self.person.role == "admin":
            yield self.call("GET", "/admin/users")
        activities = ACTIVITIES[self.person.role]
        while True:
            name = self.rng.choices(list(activities), list(activities.values()))[0]
            yield from getattr(self, name)()

    def night(self):
        """The nightly export job of a support user."""
        yield from self.login()
        while True:
            yield self.call("GET", "/exports/orders?format=csv", wants="text/csv")
            yield self.call("GET", "/exports/orders?format=json")
            yield self.call("GET", "/health")

    def orders(self, query="", path="/orders"):
        """A page of the list of orders; returns its items."""
        answer = yield self.call("GET", path + query)
        return answer.json()["items"]

    def look_at_orders(self):
        """Page through one's own orders and open some."""
        offset = self.rng.choice((0, 0, 0, 10, 20))
        items = yield from self.orders(f"?limit=10&offset={offset}")
        for order in self.rng.sample(items, min(len(items), self.rng.randint(1, 4))):
            yield self.call("GET", f"/orders/{order['id']}")

    tenant_orders = look_at_orders

    def catalogue(self):
        """Look at the products."""
        yield self.call("GET", "/products")

    def buy(self):
        """Place an order, ask for the shipping price, look at the result."""
        yield self.call("GET", "/products")
        items = [{"sku": sku, "quantity": self.rng.randint(1, 3)}
                 for sku in self.rng.sample(SKUS, self.rng.randint(1, 3))]
        answer = yield self.call("POST", "/orders", (201,), {"items": items})
        path = f"/orders/{answer.json()['id']}"
        if self.rng.random() < 0.7:
            yield self.call("POST", f"{path}/shipping-quote",
                            value={"carrier": self.rng.choice(("tern", "heron"))})
        yield self.call("GET", path)

    def cancel(self):
        """Cancel one's newest order that has not left; sometimes it is too late."""
        late = self.rng.random() < 0.1
        items = yield from self.orders(f"?limit=5&status={'shipped' if late else 'placed'}")
        if items:
            order = items[0]["id"]
            yield self.call("POST", f"/orders/{order}/cancel", (409,) if late else (200,))
            yield self.call("GET", f"/orders/{order}")

    def invoice(self):
        """Open an order and its invoice; orders of the old system have none."""
        items = yield from self.orders("?limit=20&status=delivered")
        if items:
            path = f"/orders/{self.rng.choice(items)['id']}"
            answer = yield self.call("GET", path)
            if answer.json()["vat_permille"] is not None:
                yield self.call("GET", f"{path}/invoice")

    def profile(self):
        """Look at the profile and sometimes change it."""
        yield self.call("GET", "/me/profile")
        if self.rng.random() < 0.5:
            change = self.rng.choice((
                {"phone": f"+358 40 555 {self.rng.randint(0, 9999):04d}"},
                {"display_name": self.person.name + self.rng.choice(("", " B.", " from Turku"))}))
            yield self.call("PATCH", "/me/profile", value=change)

    def files(self):
        """Keep, fetch and remove small files."""
        yield self.call("GET", "/files")
        if self.own_files and self.rng.random() < 0.5:
            name = self.rng.choice(sorted(self.own_files))
            wants = "image/png" if name.endswith(".png") else "text/plain"
            yield self.call("HEAD", f"/files/{name}", wants="")
            yield self.call("GET", f"/files/{name}", wants=wants)
            if self.rng.random() < 0.4:
                self.own_files.discard(name)
                yield self.call("DELETE", f"/files/{name}", (204,), wants="")
            return
        self.uploads += 1
        name = f"note-{self.uploads}.txt"
        media_type, content = "text/plain", f"Note {self.uploads} of {self.person.name}\n".encode()
        if self.rng.random() < 0.3:
            name, media_type, content = f"photo-{self.uploads}.png", "image/png", PNG
        if self.rng.random() < 0.2:
            # A file of an earlier day may still be there.
            yield self.call("HEAD", f"/files/{name}", (200, 404), wants="")
        yield self.call("PUT", f"/files/{name}", (200, 201),
                        headers=[("Content-Type", media_type)], body=content)
        self.own_files.add(name)

    def colleague(self):
        """Look up a colleague of the same tenant."""
        fields = self.rng.choice(("", "?fields=display_name", "?fields=display_name,email"))
        yield self.call("GET", f"/users/{self.rng.choice(self.colleagues).id}{fields}")

    def webhook(self):
        """Test the web hook of the registered partner."""
        yield self.call("POST", "/webhooks/test",
                        value={"url": "http://partner.example/hooks/orders"})

    def old_app(self):
        """An older app still uses the deprecated list of orders."""
        yield from self.orders("?limit=10", "/me/orders")

    def users(self):
        """Look through the users of the tenant."""
        yield self.call("GET", "/admin/users")
        yield self.call("GET", f"/users/{self.rng.choice(self.colleagues).id}")

    def confirm_user(self):
        """Confirm that a user is switched on."""
        yield self.call("PATCH", f"/admin/users/{self.rng.choice(self.colleagues).id}",
                        value={"active": True})

    def refund(self):
        """Refund a delivered order; only admins refund, and each tenant has one."""
        items = yield from self.orders("?limit=20&status=delivered")
        if items:
            order = self.rng.choice(items)["id"]
            yield self.call("GET", f"/orders/{order}")
            yield self.call("POST", f"/admin/orders/{order}/refund")

    def export(self):
        """Take an export of the tenant's orders."""
        yield self.call("GET", "/exports/orders?format=csv", wants="text/csv")
