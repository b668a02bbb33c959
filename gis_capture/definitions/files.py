"""Reads layer definitions from their folders."""

import csv
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gis_capture.definitions.checks import contradictions
from gis_capture.definitions.json_form import build_layer
from gis_capture.definitions.mistakes import Mistake, definition_error
from gis_capture.definitions.schema import misspelled_keys, schema_mistakes
from gis_capture.model import Layer
from gis_capture.text import Text

DEFINITION_NAME = "layer.toml"
DOMAIN_COLUMNS = ("code", "title_ja", "title_en", "aliases")
MAX_FILE_BYTES = 4_000_000


def read_layer(folder: Path) -> Layer:
    """Reads `layer.toml` and the domain files of one folder.

    Raises:
        LayerError: Names every mistake with file and dotted key; `subject["mistakes"]` holds them one by one.
    """
    document, mistakes = _read_document(folder)
    if mistakes:
        raise definition_error(mistakes, str(folder))
    return build_layer(document)


def read_layers(folder: Path, *, beside: Iterable[Layer] = ()) -> tuple[Layer, ...]:
    """Reads the definitions of all sub-folders that hold one, sorted by key.

    Args:
        folder: Holds one folder per layer.
        beside: Layers from elsewhere that relations may lead to.

    Raises:
        LayerError: As `read_layer`, for the mistakes of all files at once.
    """
    folders = sorted(path.parent for path in folder.glob(f"*/{DEFINITION_NAME}"))
    documents = []
    mistakes: list[Mistake] = []
    for layer_folder in folders:
        document, found = _read_document(layer_folder)
        documents.append(document)
        mistakes += found
    if mistakes:
        raise definition_error(mistakes, str(folder))
    layers = tuple(build_layer(document) for document in documents)
    if lost := _lost_relations(layers, folder, beside):
        raise definition_error(lost, str(folder))
    return layers


def _lost_relations(layers: tuple[Layer, ...], folder: Path, beside: Iterable[Layer]) -> list[Mistake]:
    """Finds relations ("layer" or "layer.field") that lead to nothing."""
    known = (*layers, *beside)
    targets = {layer.key for layer in known}
    targets |= {f"{layer.key}.{field.name}" for layer in known for field in layer.fields}
    return [
        Mistake(
            f"fields.{field.name}.relation",
            Text(
                f"「{field.relation}」というレイヤーや項目はありません。",
                f'there is no layer or field "{field.relation}".',
            ),
            str(folder / layer.key / DEFINITION_NAME),
        )
        for layer in layers
        for field in layer.fields
        if field.relation and field.relation not in targets
    ]


def _read_document(folder: Path) -> tuple[dict[str, Any], list[Mistake]]:
    """Gives the document with its domains in place, and all that is wrong with it."""
    path = folder / DEFINITION_NAME
    document, mistakes = _read_toml(path)
    if not document:
        return document, mistakes
    mistakes = _put_domains(document, folder)
    found = [*misspelled_keys(document), *schema_mistakes(document), *contradictions(document)]
    if document.get("key") != folder.name:
        message = Text(
            f"フォルダーの名前「{folder.name}」と同じにしてください。",
            f'must be the name of its folder, "{folder.name}".',
        )
        found.append(Mistake("key", message))
    return document, [*mistakes, *(mistake._replace(file=str(path)) for mistake in found)]


def _read_text(path: Path) -> tuple[str, list[Mistake]]:
    """Gives the text of a small UTF-8 file, or the mistake that keeps it from being read."""
    try:
        content = path.read_bytes()
        if len(content) <= MAX_FILE_BYTES:
            return content.decode("utf-8-sig"), []
        message = Text("大きすぎます(4MBまで)。", "is too large (limit: 4 MB).")
    except UnicodeDecodeError:
        message = Text("UTF-8 ではありません。UTF-8 で保存し直してください。", "is not UTF-8: save it as UTF-8.")
    except OSError as error:
        message = Text("ファイルがないか、読めません。", f"cannot be read ({error.strerror}).")
    return "", [Mistake("", message, str(path))]


def _read_toml(path: Path) -> tuple[dict[str, Any], list[Mistake]]:
    text, mistakes = _read_text(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [Mistake("", Text(f"TOML として読めません({error})。", f"is not TOML: {error}."), str(path))]
    if not document and not mistakes:
        mistakes.append(Mistake("", Text("何も書かれていません。", "is empty."), str(path)))
    return document, mistakes


def _put_domains(document: dict[str, Any], folder: Path) -> list[Mistake]:
    """Replaces the names of domain files by their codes."""
    mistakes: list[Mistake] = []
    fields = document.get("fields")
    for field in fields if isinstance(fields, list) else []:
        domain = field.get("domain") if isinstance(field, dict) else None
        named = {"file": domain} if isinstance(domain, str) else domain
        if isinstance(named, dict) and isinstance(name := named.pop("file", None), str):
            codes, found = _read_domain(folder / "domains" / f"{Path(name).name}.csv")
            field["domain"] = {"allows_other": False, **named, "codes": codes}
            mistakes += found
    return mistakes


def _read_domain(path: Path) -> tuple[list[dict[str, Any]], list[Mistake]]:
    text, mistakes = _read_text(path)
    if mistakes:
        return [], mistakes
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != DOMAIN_COLUMNS:
        wanted = ",".join(DOMAIN_COLUMNS)
        message = Text(f"1行目を「{wanted}」にしてください。", f'its first line must be "{wanted}".')
        return [], [Mistake("", message, str(path))]
    codes = []
    for row in rows:
        if None in row or None in row.values():
            message = Text(
                f"{rows.line_num}行目の列の数が{len(DOMAIN_COLUMNS)}ではありません。",
                f"line {rows.line_num} does not have {len(DOMAIN_COLUMNS)} columns.",
            )
            mistakes.append(Mistake("", message, str(path)))
            continue
        title = {"ja": row["title_ja"], "en": row["title_en"]}
        aliases = row["aliases"].split("|") if row["aliases"] else []
        codes.append({"code": row["code"], "title": title, "aliases": aliases})
    return codes, mistakes
