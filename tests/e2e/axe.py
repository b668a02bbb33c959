"""What axe-core (WCAG 2.2 AA and good practice) finds on a screen, and which parts of the app it has looked at."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.serving import CHECKOUT_DIR

WEB_DIR = CHECKOUT_DIR / "web"
_AXE = WEB_DIR / "node_modules" / "axe-core" / "axe.min.js"
# data-testid="form-problems", or the fixed beginning of data-testid={`form-field-${name}`}.
_TESTID = re.compile(r'data-testid=(?:"([\w-]+)"|\{`([\w-]+))')


@cache
def _script() -> str:
    assert _AXE.is_file(), 'axe-core is missing: run "just web"'
    return _AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Gives what axe finds on the screen that is shown now."""
    # The policy of the pages forbids script elements, not what a debugger evaluates.
    page.evaluate(f"() => {{ if (!globalThis.axe) {{ {_script()} }} }}")
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    assert len(result["passes"]) > 5
    return [
        f"{violation['id']} ({violation['help']}): {' | '.join(node['html'][:160] for node in violation['nodes'][:3])}"
        for violation in result["violations"]
    ]


def part_names(page: Page) -> set[str]:
    """The names of the parts that are on the screen now."""
    return set(page.locator("[data-testid]").evaluate_all("(parts) => parts.map((part) => part.dataset.testid)"))


def components(*folders: Path) -> dict[str, set[str]]:
    """Every component of these folders, with the names of its parts, or their beginnings."""
    paths = [path for folder in folders for path in sorted(folder.glob("*.svelte"))]
    return {
        path.name: {"".join(found) for found in _TESTID.findall(path.read_text(encoding="utf-8"))} for path in paths
    }


def unseen(known: dict[str, set[str]], seen: set[str]) -> set[str]:
    """The components of which no part was seen; those whose parts have no names cannot be told."""
    return {
        name
        for name, parts in known.items()
        if parts and not any(one.startswith(part) for part in parts for one in seen)
    }
