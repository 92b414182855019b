"""--spec FILE: parameters, bodies and answers are compared with an OpenAPI file."""
import pathlib

from kinds import Setup


def arguments(parser):
    parser.add_argument("--spec", required=True, help="OpenAPI 3.0, 3.1 or Swagger 2.0")
    parser.add_argument("--responses", default="observe", choices=["off", "observe", "enforce", "minimise"])


def configure(options, folder):
    spec = pathlib.Path(options.spec).resolve()
    return Setup(api=[f"spec: {spec}", f"contract: {{ responses: {options.responses} }}"])
