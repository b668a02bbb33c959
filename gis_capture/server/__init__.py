"""The server: the only part that knows HTTP. It translates requests into calls and errors into status codes."""

from gis_capture.server.app import create_app
from gis_capture.server.serving import serve

__all__ = ["create_app", "serve"]
