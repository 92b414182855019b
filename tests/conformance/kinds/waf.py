"""[--pl N] [--rules DIR]: the firewall blocks, everything else is as the product comes."""
from kinds import Setup


def arguments(parser):
    parser.add_argument("--pl", type=int, default=1, help="level of paranoia, 1 to 4")
    parser.add_argument("--rules", help="folder of a rule set in ModSecurity's language that runs beside")


def configure(options, folder):
    api = ["path_parameters: true", f"waf: {{ paranoia: {options.pl} }}"]
    if options.rules:
        api.append(f"crs: {{ rules: {options.rules}, paranoia: {options.pl} }}")
    return Setup(api=api)
