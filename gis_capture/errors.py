"""What can go wrong as a whole; trouble with single rows is a `Problem` in a result instead.

    CaptureError
    ├── SourceError (OSError)        a file to read from: missing, broken, too large, unknown
    ├── RecipeError (ValueError)     a recipe that has mistakes or does not fit a source
    ├── LayerError (ValueError)      a layer definition or a layer of a store
    │   ├── FieldError               one field of it
    │   └── CRSError                 a coordinate reference system
    ├── FeatureError (ValueError)    one feature or its geometry
    ├── StoreError (RuntimeError)    the store cannot be opened, read or written
    │   └── FormatVersionError       written by a newer or a too old version
    ├── MomentError (ValueError)     a day or an instant that cannot be read
    ├── PeopleError (PermissionError) who asks is not known, may not do it, or an account cannot be used
    ├── SyncError (ValueError)       a push or pull that is not of the protocol
    ├── WorkspaceError (OSError)     the workspace folder
    └── ResourceError (OSError)      a part of the installation is missing

Every message is a `Text`, so a clerk reads it in Japanese and everybody else in English.
It says what was found, where, and what to do.
"""

from gis_capture.text import Text


class CaptureError(Exception):
    """Root of all errors that are raised on purpose."""

    def __init__(self, message: Text, **subject: object) -> None:
        """Keeps the message in both languages, and its subject (path, layer, ...) as attributes."""
        super().__init__(message.en)
        self.message = message
        self.subject = subject


class SourceError(CaptureError, OSError):
    """A source cannot be read; subject: path."""


class RecipeError(CaptureError, ValueError):
    """A recipe cannot be read, or does not fit a source; subject: path, code."""


class LayerError(CaptureError, ValueError):
    """A layer definition is wrong or a layer is not known; subject: layer, path, key."""


class FieldError(LayerError):
    """A field of a layer is wrong or not known; subject: layer, field."""


class CRSError(LayerError):
    """A CRS is not known or does not fit; subject: crs."""


class FeatureError(CaptureError, ValueError):
    """A feature or its geometry cannot be used; subject: layer, feature_id."""


class StoreError(CaptureError, RuntimeError):
    """The store cannot be opened, read or written; subject: path."""


class FormatVersionError(StoreError):
    """The store was written in a format this version does not read; subject: path, version."""


class MomentError(CaptureError, ValueError):
    """A day or an instant cannot be read; subject: value."""


class SyncError(CaptureError, ValueError):
    """A message is not of the sync protocol; subject: code."""


class PeopleError(CaptureError, PermissionError):
    """Who asks is not known or may not do it, or an account is not usable; subject: code."""


class WorkspaceError(CaptureError, OSError):
    """There is no workspace, or it cannot be made; subject: path."""


class ResourceError(CaptureError, OSError):
    """A part of the installation is missing; subject: path."""
