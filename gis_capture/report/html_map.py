"""The map of an import as one HTML file: where every row went, and what is to be done. It needs no network."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gis_capture.errors import ResourceError, StoreError
from gis_capture.model import Layer
from gis_capture.report.disagreements import rows_apart
from gis_capture.report.html_map_words import OUTCOMES, SEVERITIES, WORDS, next_steps
from gis_capture.report.import_rows import MAX_LISTED, ShownRows, choose_rows, personal_columns, raw_texts
from gis_capture.report.map_drawing import Drawing, draw_map
from gis_capture.report.placings import COARSE, FAR, ROUGH
from gis_capture.store.protocol import FeatureQuery, Store
from gis_capture.text import Text

MAX_OF_A_CODE = 40
MAX_PLACES = 12
_JAPAN = timezone(timedelta(hours=9))
_SEVERITY_ORDER = ("error", "warning", "info")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def import_map(store: Store, import_id: str, *, leaflet_dir: Path, language: str = "ja") -> str:
    """Makes the page of an import: accounting, map, rows that are not on it, what to do next.

    The map shows the features as they are now; the accounting is that of the day of the import. Values of fields with
    personal data are left out.

    Args:
        store: Where the import is.
        import_id: Of the import.
        leaflet_dir: Holds leaflet.js, leaflet.css and LICENSE; they are written into the page.
        language: "ja" or "en".

    Raises:
        StoreError: There is no such import.
        ResourceError: Leaflet is missing.
    """
    record = next((record for record in store.imports() if record["import_id"] == import_id), None)
    if record is None:
        raise StoreError(
            Text("その取り込みの記録がありません。", "There is no such import."),
            import_id=import_id,
        )
    # Loaded first: whoever waits for a long account should not learn at its end that a file is missing.
    leaflet = _read_leaflet(leaflet_dir)
    layer = store.layer(record["layer"])
    rows = choose_rows(store, record)
    query = FeatureQuery(feature_ids=list(rows.placed), is_located=True)
    result = record.get("result_en" if language == "en" else "result") or record["result"]
    apart, n_apart = rows_apart(record, result, layer, language)
    features = store.features(layer.key, query)
    drawing = draw_map(layer, features, rows=rows.placed, language=language, apart=apart)
    page = _TEMPLATES.get_template("html_map.html").render(
        language=language,
        words={name: text.in_language(language) for name, text in WORDS.items()},
        layer=layer.title.in_language(language),
        record=record,
        result=result,
        created=_day_and_time(record["created_at"], language),
        map_html=Markup(drawing.html) if drawing else None,
        map_script=Markup(drawing.script) if drawing else None,
        legend=_legend(drawing, language),
        n_apart=n_apart,
        n_lines=len(apart),
        n_drawn=_n_drawn(drawing),
        n_not_drawn=len(rows.placed) - _n_drawn(drawing),
        is_thinned=len(rows.placed) < result["n_loaded"],
        steps=_steps(record, result, drawing, n_apart, language),
        problems=_problems(result, layer, language),
        has_tables=len(record.get("tables") or ()) > 1,
        rows=_listed(rows, record, result, layer, language),
        n_unlisted=max(0, result["n_source_rows"] - result["n_loaded"] - MAX_LISTED),
        leaflet=leaflet,
    )
    # Half a surrogate pair, as a broken source may hold it, cannot be written as UTF-8.
    return page.encode("utf-8", "replace").decode("utf-8")


def _read_leaflet(folder: Path) -> dict[str, Markup]:
    try:
        script, style, licence = (
            (folder / name).read_text(encoding="utf-8") for name in ("leaflet.js", "leaflet.css", "LICENSE")
        )
    except OSError as error:
        raise ResourceError(
            Text(
                f"地図の部品「{folder}」がありません。「just web」を実行するか、パッケージを入れ直してください。",
                f'The map library "{folder}" is missing: run "just web", or install the package again.',
            ),
            path=folder,
        ) from error
    script = re.sub(r"//# sourceMappingURL=.*", "", script).replace("</script", r"<\/script")
    return {"script": Markup(script), "style": Markup(style), "licence": Markup(licence)}


def _day_and_time(instant: str, language: str) -> str:
    """Writes an instant in the time of Japan, whose daylight saving ended in 1951."""
    at = datetime.fromisoformat(instant).astimezone(_JAPAN)
    return Text(f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}", f"{at:%Y-%m-%d %H:%M} (JST)").in_language(language)


def _n_drawn(drawing: Drawing | None) -> int:
    return sum(drawing.counts.values()) if drawing else 0


def _legend(drawing: Drawing | None, language: str) -> list[dict[str, Any]]:
    return [
        {"placing": placing, "words": placing.words.in_language(language), "n": n}
        for placing, n in (drawing.counts if drawing else {}).items()
    ]


def _steps(
    record: Mapping[str, Any], result: Mapping[str, Any], drawing: Drawing | None, n_apart: int, language: str
) -> list[str]:
    counts = drawing.counts if drawing else {}
    n_rough = sum(counts.get(placing, 0) for placing in (COARSE, ROUGH, FAR))
    steps = next_steps(result, n_rough=n_rough, n_apart=n_apart, is_undone=bool(record.get("undone_at")))
    return [step.in_language(language) for step in steps]


def _problems(result: Mapping[str, Any], layer: Layer, language: str) -> list[dict[str, str]]:
    """Gives what was told about rows and columns, errors first, equal words once with all their places.

    What a cell with personal data holds is withheld.
    """
    personal = {field.name for field in layer.fields if field.is_personal}
    withheld = WORDS["withheld_problem"].in_language(language)
    row = WORDS["row_number"].in_language(language)
    places: dict[tuple[str, str, str, str], list[str]] = {}
    for problem in sorted(result["problems"], key=lambda problem: _SEVERITY_ORDER.index(problem["severity"])):
        words = (withheld, "") if problem["field"] in personal else (problem["message"], problem["suggestion"])
        where = problem["cell"] or (row.format(n=problem["row"]) if problem["row"] else problem["column"])
        places.setdefault((problem["severity"], problem["code"], *words), []).append(where or "")
    more = WORDS["places_more"].in_language(language)
    rows, n_of_code = [], Counter[tuple[str, str]]()
    for (severity, code, message, suggestion), found in places.items():
        n_of_code[severity, code] += 1
        if n_of_code[severity, code] > MAX_OF_A_CODE:
            continue
        where = Text("、", ", ").in_language(language).join(found[:MAX_PLACES])
        where += more.format(n=len(found) - MAX_PLACES) if len(found) > MAX_PLACES else ""
        rows.append(_problem_row(severity, code, where, message, suggestion, language))
    # What one kind has too much of is told at its end, so that no kind hides the others.
    for (severity, code), n in n_of_code.items():
        if n > MAX_OF_A_CODE:
            last = max(
                index for index, shown in enumerate(rows) if (shown["severity"], shown["code"]) == (severity, code)
            )
            message = WORDS["problems_more"].in_language(language).format(n=f"{n - MAX_OF_A_CODE:,}")
            rows.insert(last + 1, _problem_row(severity, code, "", message, "", language))
    return rows


def _problem_row(severity: str, code: str, where: str, message: str, suggestion: str, language: str) -> dict[str, str]:
    words = SEVERITIES[severity].in_language(language)
    return {
        "severity": severity,
        "severity_words": words,
        "code": code,
        "where": where,
        "message": message,
        "suggestion": suggestion,
    }


def _listed(
    rows: ShownRows, record: Mapping[str, Any], result: Mapping[str, Any], layer: Layer, language: str
) -> list[dict[str, Any]]:
    personal = personal_columns(record, layer)
    reasons = {reason["code"]: reason["words"] for reason in result["reasons"]}
    withheld = WORDS["withheld"].in_language(language)
    return [
        {
            "row_number": row.row_number,
            "table": row.table or "",
            "outcome": row.outcome,
            "outcome_words": OUTCOMES[row.outcome].in_language(language),
            "reason": reasons.get(row.reason or "", row.reason or ""),
            "texts": raw_texts(row, personal, withheld=withheld),
        }
        for row in rows.listed
    ]
