"""Bearer tokens: JSON Web Tokens signed with HS256.

Deliberate flaw (API2): a token whose header says `alg: none` is taken without a signature.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import time

LIFETIME_SECONDS = 8 * 3600
ISSUER = "orders-shop"


class InvalidToken(Exception):
    """The token cannot be accepted."""


def b64(data):
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    """The bytes of a base64url text without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def load_key(directory):
    """The signing key: made at the first start, kept in DATA/signing.key for its owner only.

    The file holds ASCII text; that text is the HMAC key, so that a gateway can be given it too.
    """
    path = pathlib.Path(directory) / "signing.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text("ascii").strip().encode()


def sign(key, user, scopes):
    """A token for one user row."""
    issued = int(time.time())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": user["id"], "tenant": user["tenant"],
              "role": user["role"], "scope": " ".join(scopes), "iat": issued,
              "exp": issued + LIFETIME_SECONDS, "jti": secrets.token_hex(8)}
    head = b64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{b64(json.dumps(claims).encode())}"
    return f"{signed}.{b64(hmac.digest(key, signed.encode(), hashlib.sha256))}"


def verify(key, token):
    """The claims of a token, or InvalidToken."""
    try:
        head, payload, signature = token.split(".")
        header, claims = json.loads(unb64(head)), json.loads(unb64(payload))
        algorithm = header["alg"]
        subject, expires = claims["sub"], claims["exp"]
    except (ValueError, KeyError, TypeError):
        raise InvalidToken("malformed token") from None
    if not isinstance(subject, str) or not isinstance(expires, (int, float)):
        raise InvalidToken("malformed claims")
    if algorithm == "HS256":
        expected = b64(hmac.digest(key, f"{head}.{payload}".encode(), hashlib.sha256))
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise InvalidToken("wrong signature")
    elif algorithm != "none":  # the flaw: "none" is let through unsigned
        raise InvalidToken("unknown algorithm")
    if expires < time.time():
        raise InvalidToken("expired token")
    return claims
