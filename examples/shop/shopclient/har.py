"""Records calls as an HTTP Archive (HAR 1.2)."""

import base64
import datetime
import json
import threading
from urllib.parse import parse_qsl, urlsplit

SECRET_MEMBERS = ("password", "access_token")


def timestamp(seconds):
    """ISO 8601 with milliseconds, UTC."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pairs(items):
    """Name and value pairs the way HAR writes them."""
    return [{"name": name, "value": value} for name, value in items]


def media_type(headers):
    """The value of Content-Type, or an empty text."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


class Recorder:
    """Collects entries from many threads and writes them as one file.

    With `redact`, bearer tokens become a placeholder that stays the same for each user, and
    passwords and new tokens in JSON bodies are replaced too.
    """

    def __init__(self, creator, version, redact=False):
        self.creator = {"name": creator, "version": version}
        self.redact = redact
        self.lock = threading.Lock()
        self.entries = []

    def add(self, client, started, seconds, method, path, headers, body, answer):
        """Record one call and its answer."""
        milliseconds = round(seconds * 1000, 3)
        entry = {
            "startedDateTime": timestamp(started),
            "time": milliseconds,
            "request": self.request(client, method, path, headers, body),
            "response": self.response(client, answer),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
            "connection": f"{client.label}-{client.connections}",
        }
        with self.lock:
            self.entries.append(entry)

    def request(self, client, method, path, headers, body):
        """The request object of an entry."""
        if self.redact:
            headers = [(name, f"Bearer redacted-{client.label}")
                       if name.lower() == "authorization" else (name, value)
                       for name, value in headers]
        url = client.target.origin + path
        request = {"method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [],
                   "headers": pairs(headers),
                   "queryString": pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
                   "headersSize": -1, "bodySize": len(body or b"")}
        if body:
            request["postData"] = {"mimeType": media_type(headers),
                                   **self.text(client, body, "_encoding")}
        return request

    def response(self, client, answer):
        """The response object of an entry."""
        content = {"size": len(answer.body), "mimeType": media_type(answer.headers)}
        if answer.body:
            content |= self.text(client, answer.body, "encoding")
        return {"status": answer.status, "statusText": answer.reason, "httpVersion": "HTTP/1.1",
                "cookies": [], "headers": pairs(answer.headers), "content": content,
                "redirectURL": answer.header("location"), "headersSize": -1,
                "bodySize": len(answer.body)}

    def text(self, client, body, encoding_name):
        """A body as text; base64 when it is not UTF-8."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return {"text": base64.b64encode(body).decode(), encoding_name: "base64"}
        if self.redact and any(f'"{name}"' in text for name in SECRET_MEMBERS):
            value = json.loads(text)
            for name in SECRET_MEMBERS:
                if name in value:
                    value[name] = f"redacted-{client.label}"
            text = json.dumps(value, separators=(",", ":"))
        return {"text": text}

    def write(self, path):
        """Write the archive, entries in the order of their start."""
        entries = sorted(self.entries, key=lambda entry: entry["startedDateTime"])
        archive = {"log": {"version": "1.2", "creator": self.creator, "entries": entries}}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(archive, file, ensure_ascii=False)
