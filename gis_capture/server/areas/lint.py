"""The national rules for machine-readable tables: what breaks them in a ledger, and copies of it. Nothing is kept."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, request

from gis_capture.model import Text
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.context import workspace
from gis_capture.server.errors import RequestError, request_language
from gis_capture.server.openapi import XLSX
from gis_capture.server.uploads import save_source
from gis_capture.text import LANGUAGES

area = Blueprint("lint", __name__, url_prefix="/lint")
FORMS = ("json", "marked", "clean-xlsx", "clean-csv")
_MARKED = Text("点検結果", "checked")
_CLEAN = Text("直した写し", "clean")


@area.post("")
def check() -> Response:
    """Checks a ledger; gives the findings, the ledger with them marked, or a clean copy."""
    # Imported here, because openpyxl takes long to load.
    from gis_capture.report.lint.check import lint_ledger
    from gis_capture.report.lint.fix import write_clean_copy
    from gis_capture.report.lint.marking import write_marked

    form, asked = request.args.get("format", "json"), request.args.get("language")
    language = asked if asked in LANGUAGES else request_language()
    if form not in FORMS:
        raise RequestError(Text(f"形式「{form[:20]}」はありません。", f'There is no format "{form[:20]}".'))
    folder = workspace().folder.uploads_dir
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as temporary:
        path = save_source(request.files.getlist("file"), Path(temporary))
        out = Path(temporary) / "copy"
        lint = lint_ledger(path, limits=workspace().limits)
        if form == "json":
            document = lint.to_json(language)
            document["source"]["path"] = path.name
            return json_response(document)
        if form == "marked":
            files = [out.with_suffix(".xlsx")]
            write_marked(lint, path, files[0], language=language)
        else:
            files = [*write_clean_copy(lint, out.with_suffix(f".{form.removeprefix('clean-')}")).files]
        title = f"{path.stem}_{(_MARKED if form == 'marked' else _CLEAN).in_language(language)}"
        return _download(files, title)


def _download(files: list[Path], title: str) -> Response:
    """Gives one file as it is; several (a CSV for each table) in a zip."""
    suffix = files[0].suffix if len(files) == 1 else ".zip"
    if len(files) == 1:
        content = files[0].read_bytes()
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, title + file.stem.removeprefix("copy") + file.suffix)
        content = packed.getvalue()
    types = {".xlsx": XLSX, ".csv": "text/csv", ".zip": "application/zip"}
    response = Response(content, mimetype=types[suffix])
    response.headers["Content-Disposition"] = attachment("lint", title, suffix[1:])
    response.headers["Cache-Control"] = "no-store"
    return response
