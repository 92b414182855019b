"""Everything goes to the origin, all HTTP rules on."""
from kinds import Setup


def configure(options, folder):
    return Setup()
