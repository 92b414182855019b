"""--rules DIR --log FILE: the Core Rule Set as its own regression tests want it.

Paranoia level 4, nothing is denied. DIR holds crs-setup.conf (or .example) and rules/*.conf; without
it Debian's package is taken. Each request's event is appended to FILE as a JSON line, in order.
"""
import os
import pathlib
import subprocess
import sys

from kinds import Setup

# What the regression tests of the Core Rule Set expect of their installation.
SETTINGS = r"""
SecRule REQUEST_HEADERS:X-CRS-Test "@rx ^.*$" "id:999999,phase:1,pass,t:none,log,msg:'a marker',ctl:ruleRemoveById=1-999998"
SecAction "id:900006,phase:1,nolog,pass,t:none,ctl:ruleRemoveById=910000,setvar:tx.crs_validate_utf8_encoding=1,\
setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535"
"""

# Follows the event log and appends its lines to the log file, until the gateway (its parent) ends.
FOLLOW = r"""
import os, pathlib, sys, time
events, log, parent = pathlib.Path(sys.argv[1]), open(sys.argv[2], "ab", buffering=0), int(sys.argv[3])
files = {}
while os.getppid() == parent:
    quiet = True
    for path in sorted(events.glob("*.jsonl")):
        f = files.setdefault(path, path.open("rb"))
        data = f.read()
        cut = data.rfind(b"\n") + 1
        f.seek(cut - len(data), 1)
        if cut:
            quiet = False
            log.write(data[:cut])
    if quiet:
        time.sleep(0.002)
"""


def arguments(parser):
    parser.add_argument("--rules")


def configure(options, folder):
    settings = pathlib.Path(folder, "settings.conf")
    settings.write_text(SETTINGS)
    keys = ["crs:", "  mode: observe", "  paranoia: 4", f"  before: {settings}",
            f"  cache: {os.environ.get('SALLYPORT_RULE_CACHE', folder + '/rules')}",
            f"  rules: {options.rules}" if options.rules else "  packaged: true"]
    log = options.log or f"{folder}/log"
    open(log, "wb").close()
    events = f"{options.log}.events" if options.log else f"{folder}/events"
    subprocess.Popen([sys.executable, "-c", FOLLOW, events, log, str(os.getpid())])
    return Setup(api=keys, root=["workers: 1"])
