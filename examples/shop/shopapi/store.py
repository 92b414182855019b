"""The seeded SQLite database of the shop."""

import datetime
import hashlib
import pathlib
import random
import sqlite3
import threading
from contextlib import contextmanager

from .people import PEOPLE

SCHEMA = """
CREATE TABLE users (
  id TEXT PRIMARY KEY, tenant TEXT NOT NULL, role TEXT NOT NULL, email TEXT UNIQUE NOT NULL,
  display_name TEXT NOT NULL, phone TEXT NOT NULL, credit_limit_cents INTEGER NOT NULL,
  active INTEGER NOT NULL, password_hash TEXT NOT NULL);
CREATE TABLE products (
  sku TEXT PRIMARY KEY, name TEXT NOT NULL, price_cents INTEGER NOT NULL,
  stock INTEGER, max_per_customer INTEGER);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, customer_id TEXT NOT NULL REFERENCES users(id),
  status TEXT NOT NULL, currency TEXT NOT NULL, total_cents INTEGER NOT NULL,
  vat_permille INTEGER, shipping_cents INTEGER NOT NULL, shipping_note TEXT NOT NULL,
  created_at TEXT NOT NULL);
CREATE TABLE items (
  order_id INTEGER NOT NULL REFERENCES orders(id), sku TEXT NOT NULL REFERENCES products(sku),
  quantity INTEGER NOT NULL, unit_price_cents INTEGER NOT NULL);
CREATE TABLE files (
  owner_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL, content_type TEXT NOT NULL,
  content BLOB NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (owner_id, name));
CREATE INDEX orders_by_customer ON orders (customer_id, id);
CREATE INDEX orders_by_tenant ON orders (tenant, id);
CREATE INDEX items_by_order ON items (order_id);
"""

PRODUCTS = (
    ("ROPE-10", "Mooring rope, 10 m", 1890, None, None),
    ("LAMP-LED", "Deck lamp", 2450, None, None),
    ("TARP-3X4", "Tarpaulin, 3 x 4 m", 3990, None, None),
    ("SEED-MIX", "Meadow seed mix, 1 kg", 1275, None, None),
    ("SPADE-S", "Spade, small", 2120, None, None),
    ("GLOVES-M", "Work gloves, medium", 890, None, None),
    ("BOOTS-42", "Rubber boots, 42", 4590, None, None),
    ("FLASK-1L", "Vacuum flask, 1 l", 2990, None, None),
    ("DROP-01", "Brass lantern, limited edition", 12900, 60, 2),
)

FIRST_ORDER = 1001
ORDERS = 420
LEGACY_STEP = 13  # every 13th order came from the old system, without a VAT rate
EPOCH = datetime.datetime(2026, 1, 5, 8, 0, tzinfo=datetime.timezone.utc)
STATUSES = ("placed", "shipped", "delivered", "cancelled", "refunded")


def now():
    """The present as an RFC 3339 timestamp in UTC."""
    return stamp(datetime.datetime.now(datetime.timezone.utc))


def stamp(moment):
    """RFC 3339, whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def hash_password(password, salt):
    """PBKDF2 with a work factor fit for sample data only."""
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 2000)
    return f"pbkdf2${salt}${digest.hex()}"


class Store:
    """One SQLite connection behind a lock, shared by the connection threads."""

    def __init__(self, directory, seed):
        self.path = pathlib.Path(directory) / "shop.sqlite3"
        for suffix in ("", "-wal", "-shm", "-journal"):
            pathlib.Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        self.lock = threading.RLock()
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;" + SCHEMA)
        with self.transaction():
            fill(self, random.Random(f"orders-shop/{seed}"))

    @contextmanager
    def transaction(self):
        """All statements inside happen together or not at all."""
        with self.lock:
            self.db.execute("BEGIN")
            try:
                yield self
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def rows(self, sql, *values):
        """The rows of a query as dicts."""
        with self.lock:
            return [dict(row) for row in self.db.execute(sql, values)]

    def row(self, sql, *values):
        """The first row of a query as a dict, or None."""
        with self.lock:
            found = self.db.execute(sql, values).fetchone()
            return dict(found) if found else None

    def write(self, sql, *values):
        """Run one writing statement and return its cursor."""
        with self.lock:
            return self.db.execute(sql, values)

    def close(self):
        """Close the database once no statement is running."""
        with self.lock:
            self.db.close()


def fill(store, rng):
    """Write the sample data: the same for the same seed."""
    for index, person in enumerate(PEOPLE):
        store.write("INSERT INTO users VALUES (?,?,?,?,?,?,?,?,?)",
                    person.id, person.tenant, person.role, person.email, person.name,
                    f"+358 40 555 {100 + index:04d}", 100_000, 1,
                    hash_password(person.password, f"{rng.getrandbits(64):016x}"))
    for product in PRODUCTS:
        store.write("INSERT INTO products VALUES (?,?,?,?,?)", *product)
    customers = [person for person in PEOPLE if person.role == "customer"]
    for index in range(ORDERS):
        # The first orders go round once; Ana then buys more often than the others.
        person = (customers[index] if index < len(customers)
                  else rng.choices(customers, (10, 4, 4, 4, 4, 4))[0])
        insert_seeded_order(store, rng, FIRST_ORDER + index, person)


def insert_seeded_order(store, rng, order_id, person):
    """One order of the past months with one to three items."""
    skus = rng.sample([product for product in PRODUCTS if product[3] is None], rng.randint(1, 3))
    items = [(order_id, sku, rng.randint(1, 4), price) for sku, _, price, _, _ in skus]
    total = sum(quantity * price for _, _, quantity, price in items)
    status = rng.choices(STATUSES, (20, 20, 45, 10, 5))[0]
    created = EPOCH + datetime.timedelta(minutes=37 * (order_id - FIRST_ORDER) + rng.randint(0, 30))
    store.write("INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?,?)", order_id, person.tenant,
                person.id, status, "EUR", total, None if order_id % LEGACY_STEP == 0 else 255,
                0, "", stamp(created))
    for item in items:
        store.write("INSERT INTO items VALUES (?,?,?,?)", *item)
