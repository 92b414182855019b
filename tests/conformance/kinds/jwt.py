"""--keys DIR: five token policies, under /jwt/jwks, /jwt/at, /jwt/hs, /jwt/weak and /jwt/scope.

DIR holds jwks.json, hs-jwks.json and jwks-weak.json; the issuer is https://issuer.test/ and the audience
sallyport-api.
"""
import kinds
from kinds import Setup

ASYMMETRIC = "[RS256, PS256, ES256, ES384, EdDSA]"


def arguments(parser):
    parser.add_argument("--keys", required=True)


def configure(options, folder):
    secrets = kinds.private_copy(f"{options.keys}/hs-jwks.json", f"{folder}/hs-jwks.json")
    jwks = f"{options.keys}/jwks.json"
    policies = {
        "jwks": (jwks, ASYMMETRIC, "", ""),
        "at": (jwks, ASYMMETRIC, "profile: at_jwt", ""),
        "hs": (secrets, "HS256", "", ""),
        "weak": (f"{options.keys}/jwks-weak.json", "RS256", "", ""),
        "scope": (jwks, ASYMMETRIC, "", "scopes: orders:read"),
    }
    apis = []
    for name, (keys, algorithms, issuer, control) in policies.items():
        apis += [f"- name: {name}", "  hosts: ['*']", f"  base_path: /jwt/{name}",
                 f"  upstream: http://127.0.0.1:{options.origin_port}", "  authenticate:"]
        apis += [f"    {control}"] if control else []
        apis += ["    issuers:", "      - issuer: https://issuer.test/", "        audiences: sallyport-api",
                 f"        algorithms: {algorithms}", f"        jwks: {keys}"]
        apis += [f"        {issuer}"] if issuer else []
    return Setup(apis=apis)
