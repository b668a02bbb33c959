"""Pins every dependency, direct and not, without naming a registry host.

Writes `constraint-dependencies` of `[tool.uv]` in pyproject.toml (uv obeys it in `uv run`), and a hashed
`requirements.lock` of what running needs, the extra `paper` too, for plain pip:
`pip install --require-hashes --no-deps -r requirements.lock`.
"""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
START, END = "# constraints: written by `just lock`\n", "# end of constraints\n"
COMPILE = ["uv", "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate"]


def resolve(*arguments: str) -> list[str]:
    """Gives the lines of `uv pip compile` over pyproject.toml."""
    command = [*COMPILE, *arguments, "--python-version", "3.11", "pyproject.toml"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def main() -> None:
    """Rewrites both files."""
    text = PYPROJECT.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(START) + ".*?" + re.escape(END), re.DOTALL)
    PYPROJECT.write_text(pattern.sub(START + END, text), encoding="utf-8")
    pins = resolve("--group", "dev")
    block = START + "constraint-dependencies = [\n" + "".join(f"    {json.dumps(pin)},\n" for pin in pins) + "]\n" + END
    PYPROJECT.write_text(pattern.sub(lambda _: block, text), encoding="utf-8")
    locked = "\n".join(resolve("--extra", "paper", "--generate-hashes")) + "\n"
    (ROOT / "requirements.lock").write_text(locked, encoding="utf-8")


if __name__ == "__main__":
    main()
