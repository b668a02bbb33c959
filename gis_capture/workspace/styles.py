"""Styles of the office's own: files in `styles/` that take the place of what layer definitions give.

styles/street_light.json          a MapLibre style, in all themes
styles/street_light.night.json    in that theme alone, before the one above
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis_capture.durability import replace_durably
from gis_capture.errors import SourceError
from gis_capture.model import Layer, Problem
from gis_capture.text import Text
from gis_capture.tiles.expressions import mistakes_in
from gis_capture.tiles.style import SOURCE, drawn_layers, map_style, named_fields
from gis_capture.tiles.themes import THEMES, Drawn, Theme, themed
from gis_capture.workspace.cards import CardStates, card_states

STYLE_BROKEN = "style_broken"
"""A file of a style cannot be used; the layer is drawn as its definition says."""
MAX_BYTES = 1_000_000
MAX_LAYERS = 200
_TYPES = ("fill", "line", "circle", "symbol", "heatmap", "fill-extrusion")


@dataclass(frozen=True, slots=True)
class OwnStyle:
    """A file that was read: its map layers, or what is wrong with it."""

    path: Path
    drawn: tuple[Drawn, ...] = ()
    problem: Problem | None = None


class Styles:
    """The styles in a folder, as they are now.

    Args:
        folder: May not be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def own(self, key: str, theme: Theme = "plain") -> list[Drawn]:
        """The map layers of the office's own for a layer; none where it has no style that can be used."""
        files = self._read()
        choices: tuple[tuple[str, Theme], ...] = ((f"{key}.{theme}", "plain"), (key, theme))
        for name, change in choices:
            if (found := files.get(name)) and found.drawn:
                return themed(found.drawn, change)
        return []

    def theme_alone(self, key: str) -> dict[Theme, list[Drawn]]:
        """What files of one theme alone draw, by that theme; in others the tablet changes what `own` gives."""
        files = self._read()
        named = {theme: files.get(f"{key}.{theme}") for theme in THEMES if theme != "plain"}
        return {theme: list(found.drawn) for theme, found in named.items() if found and found.drawn}

    def fields(self, key: str) -> tuple[str, ...]:
        """Names of what own styles of a layer ask of its features."""
        files = self._read()
        if not files:
            return ()
        found = [files[name] for name in (key, *(f"{key}.{theme}" for theme in THEMES)) if name in files]
        return tuple(sorted({name for one in found for drawn in one.drawn for name in named_fields(drawn)}))

    def problems(self, keys: Sequence[str]) -> list[Problem]:
        """What is wrong with the files of layers, and files of no layer."""
        known = {name for key in keys for name in (key, *(f"{key}.{theme}" for theme in THEMES))}
        files = self._read()
        strangers = [_broken(one.path, f"{name}?") for name, one in files.items() if name not in known]
        return [*(one.problem for name, one in files.items() if one.problem and name in known), *strangers]

    def write(self, layer: Layer, theme: Theme = "plain") -> Path:
        """Writes what the definition gives as a file to edit.

        Raises:
            SourceError: There is a file already.
        """
        path = self.folder / (f"{layer.key}.json" if theme == "plain" else f"{layer.key}.{theme}.json")
        if path.exists():
            raise SourceError(
                Text(
                    f"「{path}」はもうあります。消すか名前を変えてから、もう一度お試しください。",
                    f'"{path}" is there already: remove or rename it first.',
                ),
                path=path,
            )
        self.folder.mkdir(exist_ok=True)
        url = f"http://localhost:8460/tiles/{layer.key}/{{z}}/{{x}}/{{y}}.mvt"
        style = map_style([layer], url=url, extent=None, own={layer.key: themed(drawn_layers(layer), theme)})
        unfinished = path.with_name(path.name + ".new")
        unfinished.write_text(json.dumps(style, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        replace_durably(unfinished, path)
        return path

    def _read(self) -> Mapping[str, OwnStyle]:
        return _read_files(card_states(self.folder))


@lru_cache(maxsize=16)
def _read_files(states: CardStates) -> Mapping[str, OwnStyle]:
    paths = [Path(path) for path, *_ in states]
    return {path.name.removesuffix(".json"): _read_file(path) for path in paths}


def _read_file(path: Path) -> OwnStyle:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"> {MAX_BYTES:,} bytes")
        return OwnStyle(path, tuple(_drawn_of(path.name.split(".")[0], json.loads(path.read_text("utf-8-sig")))))
    except (OSError, ValueError, RecursionError) as error:
        return OwnStyle(path, problem=_broken(path, str(error)[:200]))


def _drawn_of(key: str, document: Any) -> list[Drawn]:
    layers = document.get("layers") if isinstance(document, dict) else None
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise ValueError('"layers"')
    found = []
    for number, one in enumerate(layers):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise ValueError(f"layers[{number}].id")
        if one.get("source-layer") != key:
            # The background, and what else the style was looked at with.
            continue
        if one.get("type") not in _TYPES:
            raise ValueError(f"layers[{number}].type: {one.get('type')}")
        if not all(isinstance(one.get(part, {}), dict) for part in ("paint", "layout")):
            raise ValueError(f"layers[{number}].paint, layout")
        if told := next(mistakes_in(one), None):
            raise ValueError(f"layers[{number}] {one['id'][:60]}, {told}")
        name = one["id"] if one["id"].startswith(f"{key}-") else f"{key}-{one['id']}"
        found.append({**one, "id": name, "source": SOURCE})
    if not found or len({one["id"] for one in found}) < len(found):
        raise ValueError(f'"source-layer": "{key}", "id"')
    return found


def _broken(path: Path, reason: str) -> Problem:
    return Problem(
        STYLE_BROKEN,
        "warning",
        Text(
            f"スタイルのファイル「{path.name}」は使えません({reason})。",
            f'The style in "{path.name}" cannot be used ({reason}).',
        ),
        Text(
            "直すか、消してください。それまではレイヤー定義のとおりに描きます。",
            "Mend or remove it; until then the layer is drawn as its definition says.",
        ),
    )
