"""/admin and below is denied, everything else goes to the origin."""
from kinds import Setup


def configure(options, folder):
    return Setup(api=["path_parameters: true", "access: [{ action: deny, paths: /admin/** }]"])
