"""Arrows point one way: every include is allowed by tools/layers.txt."""
import re

from checks.tree import Finding

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
TABLE = "tools/layers.txt"


def read_table(tree):
    """{room: rooms it may include}, and findings about the table itself."""
    allowed, findings = {}, []
    for number, line in tree.lines(TABLE):
        if not re.match(r"[a-z_]+:", line):
            continue
        room, _, rest = line.partition(":")
        for dep in rest.split():
            if dep not in allowed:
                findings.append(Finding(TABLE, number, f"`{room}` names `{dep}`, which is not above it"))
        allowed[room] = set(rest.split())
    return allowed, findings


def room_of(path):
    parts = path.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    return {"apps": "apps", "include": "public"}.get(parts[0])


def run(tree):
    allowed, findings = read_table(tree)
    yield from findings
    strangers = set()
    for path in tree.with_suffix(".cpp", ".hpp", ".inc", ".def"):
        room = room_of(path)
        if room is None:
            continue
        if room not in allowed:
            if room not in strangers:
                yield Finding(path, 1, f"the room `{room}` is not in {TABLE}")
            strangers.add(room)
            continue
        for number, line in tree.lines(path):
            if found := INCLUDE.match(line):
                yield from check_include(tree, allowed, path, number, room, *found.groups())


def check_include(tree, allowed, path, number, room, quote, name):
    public = name.startswith("sallyport/")
    if room == "public":
        if quote == '"' or ("/" in name and not public):
            yield Finding(path, number, f"a public header includes only <sallyport/…> and the standard library, not {name}")
        return
    if quote == "<":
        if public and "public" not in allowed[room]:
            yield Finding(path, number, f"`{room}` may not include the public headers")
        return
    target = name.split("/")[0]
    if "/" not in name or target not in allowed:
        beside = path.rsplit("/", 1)[0] + "/" + name
        if not (tree.root / beside).is_file():
            yield Finding(path, number, f'"{name}" is no file of a room: includes are written from src/')
    elif target != room and target not in allowed[room]:
        yield Finding(path, number, f"`{room}` may not include `{target}` ({TABLE})")
