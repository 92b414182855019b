"""Sample data: the ten users of the two tenants, their roles and the scopes of each role.

The passwords are documented sample data (see README.md); they protect nothing.
"""

from dataclasses import dataclass

TENANTS = ("harbour", "meadow")

SCOPES = {
    "customer": ("orders:read", "orders:write", "profile", "files", "webhooks"),
    "support": ("orders:read", "profile", "files", "exports:read"),
    "admin": ("orders:read", "orders:write", "profile", "files", "webhooks",
              "exports:read", "admin:users", "admin:refunds"),
}


@dataclass(frozen=True)
class Person:
    """One user of the shop."""

    id: str
    tenant: str
    role: str
    name: str
    password: str

    @property
    def email(self):
        return f"{self.name.lower()}@{self.tenant}.example"


PEOPLE = (
    Person("u01", "harbour", "customer", "Ana", "lantern-ana-41"),
    Person("u02", "harbour", "customer", "Bela", "lantern-bela-42"),
    Person("u03", "harbour", "customer", "Chidi", "lantern-chidi-43"),
    Person("u04", "meadow", "customer", "Dana", "orchard-dana-44"),
    Person("u05", "meadow", "customer", "Emil", "orchard-emil-45"),
    Person("u06", "meadow", "customer", "Farah", "orchard-farah-46"),
    Person("u07", "harbour", "support", "Goran", "lantern-goran-47"),
    Person("u08", "meadow", "support", "Hana", "orchard-hana-48"),
    Person("u09", "harbour", "admin", "Ines", "lantern-ines-49"),
    Person("u10", "meadow", "admin", "Jonas", "orchard-jonas-50"),
)

BY_NAME = {person.name.lower(): person for person in PEOPLE}
