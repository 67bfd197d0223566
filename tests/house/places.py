"""What stands in the repository: the files git knows or would take."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Other people's programs, kept unchanged so that ratios compare.
FOREIGN = ("bench/baselines/",)


def files(*endings):
    """Return the repository's own text files with these endings, as paths from the root; without endings, all."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    return sorted(
        name
        for name in listed
        if name
        and not name.startswith(FOREIGN)
        and (not endings or name.endswith(endings))
        and (ROOT / name).is_file()
        and not is_picture(name)
    )


def is_picture(name):
    """Tell whether the file is not text."""
    return name.endswith((".png", ".jpg", ".gif", ".woff2", ".ico", ".gz"))


def text(name):
    """Return a file's text."""
    return (ROOT / name).read_text("utf-8")
