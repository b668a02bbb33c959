"""What is wrong in a definition, and where: found all at once, raised as one error."""

from collections.abc import Sequence
from typing import NamedTuple

from gis_capture.errors import LayerError
from gis_capture.text import Text


class Mistake(NamedTuple):
    """One thing to correct.

    Attributes:
        key: Dotted, list members by their own name: "fields.status.domain.codes.点灯.title".
        message: What was found there and what to do.
        file: Name of the file where it is not the definition's main file.
    """

    key: str
    message: Text
    file: str = ""


def definition_error(mistakes: Sequence[Mistake], source: str) -> LayerError:
    """Makes one error of all mistakes, a line for each, beginning with file and key.

    Args:
        mistakes: At least one.
        source: The file's path, or what the definition is called where it is not a file.
    """
    found = [(f"{mistake.file or source}: {mistake.key}".rstrip(": "), mistake.message) for mistake in mistakes]
    message = Text(
        "\n".join(
            [f"レイヤー定義に直すところが{len(found)}か所あります。", *(f"{place}: {text.ja}" for place, text in found)]
        ),
        "\n".join([f"Correct the layer definition ({len(found)}):", *(f"{place}: {text.en}" for place, text in found)]),
    )
    return LayerError(message, path=source, mistakes=tuple(mistakes), code="definition_wrong")
