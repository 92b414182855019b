#!/usr/bin/env python3
"""GraphQL: what is too much never reaches the API, and clients hear it in their own protocol's shape."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

from cleartext_gate import cleartext_gate  # noqa: E402
from gate import check  # noqa: E402
from http_origin import Handler, serve  # noqa: E402

asked = []


class Origin(Handler):
    """A server that knows no field, and says so as graphql-js does."""

    def do_POST(self):
        asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        message = 'Cannot query field "usr" on type "Query". Did you mean "user"?' if b"usr" in asked[-1] else None
        self.reply({"errors": [{"message": message}]} if message else {"data": {"user": {"id": 1}}}, 400 if message else 200)


def ask(connection, body, accept="*/*"):
    connection.request("POST", "/graphql", json.dumps(body), {"Content-Type": "application/json", "Accept": accept})
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), json.loads(answer.read())


def main():
    with cleartext_gate(serve(Origin).server_port, "graphql: {{}}") as connection:
        got = ask(connection, {"query": "{ user { id } }"})
        check("a small query is answered", got == (200, "application/json", {"data": {"user": {"id": 1}}}), got)
        deep = "{ a " * 11 + "} " * 11
        many = "{ " + " ".join(f"x{i}: a" for i in range(16)) + " }"
        bomb = "{ ...F0 }" + "".join(f" fragment F{i} on T {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30)) + " fragment F30 on T { a }"
        before = len(asked)
        for name, body in (("DEPTH", {"query": deep}), ("ALIASES", {"query": many}), ("NODES", {"query": bomb}), ("COST", {"query": "{ a(first: 100) { b(first: 100) { c } } }"}),
                           ("BATCH", [{"query": "{ a }"}] * 6), ("INTROSPECTION", {"query": "{ __schema { types { name } } }"})):
            status, kind, answer = ask(connection, body)
            code = answer["errors"][0]["extensions"]["code"]
            check(f"refused in GraphQL's shape: {name}", (status, kind, code) == (400, "application/json", f"SALLYPORT_{name}"), (status, kind, answer))
        kind = ask(connection, {"query": deep}, "application/graphql-response+json")[1]
        check("and in the type that the client asks for", kind == "application/graphql-response+json", kind)
        hashed = ask(connection, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}})
        check("a hash alone is not known", hashed[0] == 200 and hashed[2]["errors"][0]["message"] == "PersistedQueryNotFound", hashed)
        check("none of them reached the API", len(asked) == before, asked[before:])
        wrong = ask(connection, {"query": "{ usr { id } }"})
        check("errors suggest no names", wrong == (400, "application/json", {"errors": [{"message": 'Cannot query field "usr" on type "Query".'}]}), wrong)
    with_schema()
    with_documents()
    return check.end()


SCHEMA = """
type Query { user(id: ID): User users(first: Int): [User!]! }
type User { id: ID! email: String friends: [User!]! }
"""


def with_schema():
    controls = "graphql:\n  schema: {folder}/shop.graphql\n  fields: {{ User.email: [admin] }}\n"
    with cleartext_gate(serve(Origin).server_port, controls, {"shop.graphql": SCHEMA}) as connection:
        got = ask(connection, {"query": "query($i: ID) { user(id: $i) { id } }", "variables": {"i": 7}})
        check("a query that fits is answered", got[0] == 200 and "data" in got[2], got)
        before = len(asked)
        status, _, answer = ask(connection, {"query": "{\n  user { nam }\n}"})
        error = answer["errors"][0]
        check("one that does not hears where", (status, error["locations"], error["extensions"]["code"]) ==
              (400, [{"line": 2, "column": 10}], "SALLYPORT_FIELDS_ON_CORRECT_TYPE"), answer)
        status, _, answer = ask(connection, {"query": "query($i: Int!) { users(first: $i) { id } }", "variables": {"i": "7"}})
        check("variables have their types", (status, answer["errors"][0]["extensions"]["code"]) == (400, "SALLYPORT_VARIABLE_VALUES"), answer)
        status, _, answer = ask(connection, {"query": "{ users { friends { ...F } } } fragment F on User { email }"})
        check("a field is for its role", (status, answer["errors"][0]["extensions"]["code"]) == (403, "SALLYPORT_FIELD_ACCESS"), answer)
        check("and none of them reached the API", len(asked) == before, asked[before:])


def with_documents():
    listed = {"one": "query($i: ID) { user(id: $i) { id } }", "mails": "{ users { email } }"}
    controls = ("graphql:\n  schema: {folder}/shop.graphql\n  fields: {{ User.email: [admin] }}\n"
                "  documents: {{ file: {folder}/documents.json, only: true }}\n")
    with cleartext_gate(serve(Origin).server_port, controls, {"shop.graphql": SCHEMA, "documents.json": json.dumps(listed)}) as connection:
        for name, named in (("a member", {"id": "one"}), ("a hash", {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "one"}}})):
            got = ask(connection, {**named, "variables": {"i": 7}})
            sent = json.loads(asked[-1])
            check(f"a document is named by {name} and sent", got[0] == 200 and sent["query"] == listed["one"] and sent["variables"] == {"i": 7}, (got, sent))
            check("its name does not go on", "id" not in sent and "persistedQuery" not in sent.get("extensions", {}), sent)
        got = ask(connection, {"query": listed["one"]})
        check("or its text is", got[0] == 200, got)
        before = len(asked)
        status, _, answer = ask(connection, {"id": "one", "variables": {"i": {}}})
        check("its variables have their types", (status, answer["errors"][0]["extensions"]["code"]) == (400, "SALLYPORT_VARIABLE_VALUES"), answer)
        status, _, answer = ask(connection, {"id": "mails"})
        check("fields are for their roles in it, too", (status, answer["errors"][0]["extensions"]["code"]) == (403, "SALLYPORT_FIELD_ACCESS"), answer)
        status, _, answer = ask(connection, {"query": "{ user { id } }"})
        check("nothing else runs", (status, answer["errors"][0]["extensions"]["code"]) == (403, "SALLYPORT_DOCUMENT"), answer)
        status, _, answer = ask(connection, {"id": "two"})
        check("an id that is not known is said so", (status, answer["errors"][0]["message"]) == (200, "PersistedQueryNotFound"), answer)
        status, _, answer = ask(connection, {"id": "one", "query": listed["mails"]})
        check("two documents in one request are none", (status, answer["errors"][0]["extensions"]["code"]) == (400, "SALLYPORT_FORM"), answer)
        check("and none of them reached the API", len(asked) == before, asked[before:])


sys.exit(main())
