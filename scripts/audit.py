"""Asks what is known of holes in what we depend on: pip-audit over requirements.lock, npm audit over web/.

`python scripts/audit.py`; the exit code is 1 where there is a hole, 2 where a part could not be asked.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOLES, NOT_ASKED = 1, 2
LIMIT_S = 300
UNREACHABLE = (
    "connection",
    "could not be audited",
    "econn",
    "endpoint returned an error",
    "enotfound",
    "name resolution",
    "timed out",
)
"""What both say where nobody answers, or where what answers has no such service."""
FOUND = re.compile(r"found [1-9]\d* known vulnerabilit|[1-9]\d* (?:\w+ severity )?vulnerabilit", re.IGNORECASE)
"""How both count what they found: a hole is one whatever could not be asked besides."""
PYTHON = (
    *("uv", "run", "--with", "pip-audit", "pip-audit", "--require-hashes", "--disable-pip"),
    *("--progress-spinner=off", "-r", "requirements.lock"),
)
WEB = ("npm", "--prefix", "web", "audit", "--omit=dev")


def main() -> None:
    """Asks both."""
    codes = [ask("Python", PYTHON), ask("web", WEB)]
    sys.exit(HOLES if HOLES in codes else max(codes))


def ask(what: str, command: tuple[str, ...]) -> int:
    """Asks for one part; tells what was found, or why it could not be asked."""
    print(f"== {what}: {' '.join(command)}", flush=True)
    program = shutil.which(command[0])
    if program is None:
        print(f"not asked: {command[0]} is not installed")
        return NOT_ASKED
    whole = (program, *command[1:])
    try:
        done = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        print("not asked: no answer within five minutes. Is there a way to the internet?")
        return NOT_ASKED
    said = done.stdout + done.stderr
    print(said.strip()[-4_000:])
    if done.returncode and FOUND.search(said):
        return HOLES
    if any(sign in said.lower() for sign in UNREACHABLE):
        print("not asked, or not all of it: run it again where there is a way to the internet.")
        return NOT_ASKED
    if done.returncode == 0:
        print("no known hole")
    return HOLES if done.returncode else 0


if __name__ == "__main__":
    main()
