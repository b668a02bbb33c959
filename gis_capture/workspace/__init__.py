"""The workspace: a folder that holds all that a department has brought in, and the doors to it."""

from gis_capture.workspace.folder import find_workspace, is_workspace
from gis_capture.workspace.workspace import Workspace
from gis_capture.workspace.written import Written

__all__ = ["Workspace", "Written", "find_workspace", "is_workspace"]
