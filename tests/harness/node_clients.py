"""The clients of tests/clients/package.json, for Node."""
import os
import pathlib
import shutil
import subprocess

from gate import ROOT


def clients():
    """Their folder, installed once a build folder. Scripts find it as $CLIENTS."""
    folder = pathlib.Path(os.environ.get("SALLYPORT_BUILD", ROOT / "build"), "clients")
    lock = (ROOT / "tests/clients/package-lock.json").read_bytes()
    done = folder / "installed"
    if not done.exists() or done.read_bytes() != lock:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "tests/clients" / name, folder)
        subprocess.run(["npm", "--prefix", str(folder), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], check=True, stdout=subprocess.DEVNULL)
        done.write_bytes(lock)
    return str(folder)
