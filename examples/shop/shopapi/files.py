"""Small attachments, kept by name for each user."""

import re

from .api import Problem, answer, not_found
from .httpd import Response
from .store import now

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MEDIA_TYPES = ("text/plain", "text/csv", "image/png", "application/pdf")
COLUMNS = "name, content_type, length(content) AS size, created_at"


def file_name(call):
    """The name from the path."""
    if not NAME.fullmatch(call.params["name"]):
        raise not_found("file")
    return call.params["name"]


def list_files(call):
    """The caller's own files."""
    return answer({"items": call.store.rows(
        f"SELECT {COLUMNS} FROM files WHERE owner_id = ? ORDER BY name", call.user["id"])})


def put_file(call):
    """Keep a file. The flaw (API4): neither the size nor the number of files is limited."""
    name = file_name(call)
    media_type = call.request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Problem(415, "Unsupported Media Type", f"one of {', '.join(MEDIA_TYPES)}")
    with call.store.transaction() as store:
        known = store.row("SELECT 1 FROM files WHERE owner_id = ? AND name = ?",
                          call.user["id"], name)
        store.write("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?)", call.user["id"], name,
                    media_type, call.request.body, now())
        found = store.row(f"SELECT {COLUMNS} FROM files WHERE owner_id = ? AND name = ?",
                          call.user["id"], name)
    return answer(found, 200 if known else 201)


def get_file(call):
    """The content of one of the caller's own files; also answers HEAD."""
    found = call.store.row(
        "SELECT content_type, content FROM files WHERE owner_id = ? AND name = ?",
        call.user["id"], file_name(call))
    if found is None:
        raise not_found("file")
    return Response(200, bytes(found["content"]), found["content_type"],
                    [("X-Content-Type-Options", "nosniff"),
                     ("Content-Disposition", "attachment")])


def delete_file(call):
    """Remove one of the caller's own files."""
    gone = call.store.write("DELETE FROM files WHERE owner_id = ? AND name = ?",
                            call.user["id"], file_name(call))
    if gone.rowcount == 0:
        raise not_found("file")
    return Response(204)
