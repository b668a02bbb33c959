"""Whether the libraries for paper are installed."""

from importlib.util import find_spec

from gis_capture.errors import ResourceError
from gis_capture.paper import codes
from gis_capture.text import Text

_MODULES = ("cv2", "fpdf", "onnxruntime", "pypdfium2", "rapidocr", "zxingcpp")


def demand_extra() -> None:
    """Goes on only where the extra `paper` is installed.

    Raises:
        ResourceError: It is not.
    """
    missing = [name for name in _MODULES if find_spec(name) is None]
    if missing:
        raise ResourceError(
            Text(
                f"紙の機能に要る部品がありません({'、'.join(missing)})。"
                "「pip install 'gis-capture[paper]'」で入れてください。",
                f"What paper needs is not installed ({', '.join(missing)}): pip install 'gis-capture[paper]'.",
            ),
            code=codes.PAPER_MISSING,
        )
