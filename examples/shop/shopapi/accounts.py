"""Login, the caller's own account, and other users of the tenant."""

import hmac
import re

from . import tokens
from .api import Problem, answer, not_found, unprocessable
from .people import SCOPES
from .store import hash_password

ME = ("id", "tenant", "role", "email", "display_name", "active")
PROFILE = ("id", "display_name", "phone", "credit_limit_cents")
PHONE = re.compile(r"\+?[0-9 ]{5,20}")


def pick(row, names):
    """The named columns of a row, with `active` as a boolean."""
    return {name: bool(row[name]) if name == "active" else row[name] for name in names}


def login(call):
    """Exchange an e-mail address and a password for a bearer token.

    The flaw (API2): any number of wrong passwords may be tried.
    """
    body = call.body()
    email, password = call.text(body, "email"), call.text(body, "password")
    user = call.store.row("SELECT * FROM users WHERE email = ? AND active = 1", email)
    stored = user["password_hash"] if user else "pbkdf2$0$0"
    given = hash_password(password, stored.split("$")[1])
    if not hmac.compare_digest(given, stored):
        raise Problem(401, "Unauthorized", "wrong e-mail address or password")
    token = tokens.sign(call.shop.key, user, SCOPES[user["role"]])
    return answer({"access_token": token, "token_type": "Bearer",
                   "expires_in": tokens.LIFETIME_SECONDS,
                   "user": pick(user, ("id", "tenant", "role"))},
                  headers=[("Cache-Control", "no-store")])


def get_me(call):
    """The caller's own account."""
    return answer(pick(call.user, ME))


def get_profile(call):
    """The caller's own profile."""
    return answer(pick(call.user, PROFILE))


def patch_profile(call):
    """Change the caller's own profile.

    The flaw (API3): besides the two documented members every column of the table is written.
    """
    body = call.body()
    columns = [name for name in call.user if name not in ("id", "password_hash")]
    changes = {name: value for name, value in body.items() if name in columns}
    if not changes:
        raise unprocessable("display_name or phone is required")
    if "display_name" in changes:
        call.text(changes, "display_name", 60)
    if "phone" in changes and not PHONE.fullmatch(call.text(changes, "phone", 20)):
        raise unprocessable("phone: digits and spaces, with an optional plus in front")
    for name, value in changes.items():
        if not isinstance(value, type(call.user[name])):
            raise unprocessable(f"{name}: wrong type")
        call.store.write(f"UPDATE users SET {name} = ? WHERE id = ?", value, call.user["id"])
    user = call.store.row("SELECT * FROM users WHERE id = ?", call.user["id"])
    return answer(pick(user, PROFILE))


def get_user(call):
    """Another user of the tenant, as far as colleagues may see it.

    The flaw (API3): `fields` gives out any column, the password hash included.
    """
    user = call.store.row("SELECT * FROM users WHERE id = ? AND tenant = ?",
                          call.params["user_id"], call.user["tenant"])
    if user is None:
        raise not_found("user")
    names = call.request.query.get("fields", "display_name,role").split(",")
    unknown = [name for name in names if name not in user]
    if unknown:
        raise unprocessable("fields: no such field")
    return answer(pick(user, ["id", *(name for name in names if name != "id")]))
