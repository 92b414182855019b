#!/usr/bin/env python3
"""Documents and values of variables made at random: our judgement is that of graphql-js (npm graphql, tests/npm).
Longer: `graphql_test.py 10000 7` makes ten thousand from the seed 7."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/harness"))

from gate import check  # noqa: E402
from provider import INSTALLED, install  # noqa: E402


def main():
    count, seed = (int(one) for one in sys.argv[1:]) if len(sys.argv) == 3 else (1200, 20260101)
    program = os.environ.get("SALLYPORT", str(ROOT / "build/release/sallyport"))
    install()
    run = subprocess.run(["node", str(INSTALLED / "graphql_oracle.mjs"), program, str(seed), str(count)],
                         capture_output=True, text=True, timeout=600)
    check("the comparison ran", run.returncode == 0, run.stderr[-2000:])
    if run.returncode != 0:
        return check.end()
    result = json.loads(run.stdout)
    for one in result["differ"]:
        print(json.dumps(one))
    print(f"{result['agreed']} of {count} agreed: {result['valid']} valid, {result['syntax']} with errors of syntax, "
          f"{result['variables']} with variables, against {result['schemas']} schemas (seed {seed})")
    for rule, failed in sorted(result["rules"].items()):
        print(f"  {rule}: {failed}")
    check("all of them agreed", result["agreed"] == count and not result["differ"], result["agreed"])
    check("most rules had something to refuse", len(result["rules"]) >= 28, len(result["rules"]))
    return check.end()


sys.exit(main())
