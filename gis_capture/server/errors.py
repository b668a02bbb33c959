"""Errors as RFC 9457 problem JSON; the one table that turns an error into an HTTP status."""

import logging
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gis_capture.durability import NO_ROOM_ERRORS
from gis_capture.errors import (
    CaptureError,
    CRSError,
    FeatureError,
    FieldError,
    FormatVersionError,
    LayerError,
    MomentError,
    PeopleError,
    RecipeError,
    ResourceError,
    SourceError,
    StoreError,
    SyncError,
    WorkspaceError,
)
from gis_capture.server.answers import json_response
from gis_capture.text import LANGUAGES, Text

logger = logging.getLogger(__name__)


class NotFoundError(CaptureError, LookupError):
    """What the address names is not there."""


class RequestError(CaptureError, ValueError):
    """A part of the request cannot be used."""


class ForbiddenError(CaptureError, PermissionError):
    """Who asks may not do this."""


class StateError(CaptureError, RuntimeError):
    """The request does not fit the state its subject is in."""


class TooLargeError(CaptureError, ValueError):
    """A body is larger than the settings allow."""


# The nearest class in an error's ancestry counts.
STATUS: dict[type[Exception], tuple[int, str]] = {
    NotFoundError: (404, "not_found"),
    RequestError: (400, "bad_request"),
    ForbiddenError: (403, "forbidden"),
    StateError: (409, "wrong_state"),
    TooLargeError: (413, "too_large"),
    SourceError: (422, "source_unusable"),
    RecipeError: (422, "recipe_unusable"),
    LayerError: (404, "layer_unknown"),
    FieldError: (400, "field_unknown"),
    CRSError: (422, "crs_unknown"),
    FeatureError: (400, "feature_unusable"),
    StoreError: (503, "store_unusable"),
    FormatVersionError: (503, "format_version"),
    MomentError: (400, "bad_request"),
    PeopleError: (403, "not_allowed"),
    SyncError: (400, "message_unusable"),
    WorkspaceError: (503, "workspace_unusable"),
    ResourceError: (503, "installation_incomplete"),
    CaptureError: (500, "error"),
}
# Codes that need another status than their class.
STATUS_OF_CODE = {
    "account_unknown": 404,
    "device_stays_revoked": 409,
    "device_unknown": 404,
    "first_is_admin": 409,
    "last_admin": 409,
    "name_taken": 409,
    "area_unusable": 422,
    "email_unusable": 422,
    "name_unusable": 400,
    "password_guessable": 422,
    "password_long": 422,
    "password_short": 422,
    "people_unusable": 503,
    "pin_for_crew": 409,
    "personal_for_people": 422,
    "pin_unusable": 422,
    "right_unknown": 400,
    "role_unknown": 400,
    "setup_done": 409,
    "setup_needed": 401,
    "sign_in_failed": 401,
    "sign_in_needed": 401,
    "too_many_attempts": 429,
    "setting_unknown": 422,
    "setting_unfit": 422,
    "attachment_size_differs": 409,
    "attachment_too_large": 413,
    "attachment_unknown": 404,
    "change_not_waiting": 409,
    "change_unknown": 404,
    "checkout_other_epoch": 409,
    "checkout_unknown": 404,
    "conflict_unknown": 404,
    "definition_wrong": 503,
    "disk_full": 507,
    "epoch_changed": 409,
    "feature_not_deleted": 409,
    "feature_unknown": 404,
    "hash_mismatch": 422,
    "decision_unknown": 400,
    "import_followed": 409,
    "import_unknown": 404,
    "row_not_open": 404,
    "scan_broken": 422,
    "scan_large": 413,
    "scan_locked": 422,
    "scanned_busy": 409,
    "scanned_decision": 400,
    "scanned_open": 409,
    "scanned_unknown": 404,
    "sheet_busy": 409,
    "sheet_decided": 409,
    "sheet_unknown": 404,
    "query_too_long": 422,
    "raster_unknown": 404,
    "raster_building": 409,
    "raster_busy": 503,
    "raster_pixels": 413,
    "nothing_to_undo": 409,
    "thumbnail_impossible": 422,
    "too_many_changes": 413,
    "unsupported_media_type": 415,
}

TITLES = {
    400: Text("要求が正しくありません", "Bad request"),
    401: Text("サインインが必要です", "Sign-in needed"),
    403: Text("許可されていません", "Forbidden"),
    404: Text("見つかりません", "Not found"),
    405: Text("使えない操作です", "Method not allowed"),
    409: Text("今の状態ではできません", "Conflict"),
    413: Text("大きすぎます", "Too large"),
    415: Text("扱えない形式です", "Unsupported media type"),
    416: Text("範囲が正しくありません", "Range not satisfiable"),
    422: Text("内容を使えません", "Unusable content"),
    429: Text("しばらく待ってください", "Too many attempts"),
    500: Text("サーバーで問題が起きました", "Server error"),
    503: Text("今は使えません", "Unavailable"),
    507: Text("空き容量がありません", "Insufficient storage"),
}
DETAILS = {
    403: Text(
        "ほかのサイトの画面からは登録や変更ができません。このサーバーの画面を開いて操作してください。",
        "Pages of other sites cannot write here: open a page of this server.",
    ),
    404: Text(
        "このアドレスには何もありません。アドレスを確かめてください。", "There is nothing at this address: check it."
    ),
    405: Text("このアドレスでは、その操作は使えません。", "This method is not allowed at this address."),
    500: Text(
        "思わぬ問題が起きました。データは壊れていません。もう一度試し、続くときはサーバーの記録を担当者に見せてください。",
        "Something unexpected happened. No data was damaged. Try again; if it happens again, show the server's log.",
    ),
    507: Text(
        "サーバーのディスクに空き容量がありません。何も変わっていません。空きを作ってから、もう一度送ってください。",
        "The server's disk is full. Nothing has changed. Make room, then send it again.",
    ),
}


def init_app(app: Flask) -> None:
    """Makes every error of every route, known or not, a problem document."""

    @app.errorhandler(CaptureError)
    def on_capture_error(error: CaptureError) -> Response:
        status, code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        code = str(error.subject.get("code") or code)
        status = STATUS_OF_CODE.get(code, status)
        if status >= 500:
            logger.error("A request could not be answered.", exc_info=error)
        response = problem_response(status, code, error.message)
        if "wait_s" in error.subject:
            response.headers["Retry-After"] = str(error.subject["wait_s"])
        return response

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None:
            status = error.response.status_code
        response = problem_response(status, code_of(status), DETAILS.get(status) or too_large(error))
        for name, value in error.get_headers():
            if name in ("Allow", "Content-Range"):
                response.headers[name] = value
        return response

    @app.errorhandler(OSError)
    def on_os_error(error: OSError) -> Response:
        if error.errno not in NO_ROOM_ERRORS:
            return on_unexpected_error(error)
        logger.error("The disk is full at %s", request.path)
        return problem_response(507, "disk_full", DETAILS[507])

    @app.errorhandler(Exception)
    def on_unexpected_error(error: Exception) -> Response:
        logger.error("Unexpected error at %s", request.path, exc_info=error)
        return problem_response(500, "unexpected", DETAILS[500])


def for_want_of_room(error: Exception) -> Text | None:
    """Gives the words for a disk that is full; None for every other error."""
    return DETAILS[507] if isinstance(error, OSError) and error.errno in NO_ROOM_ERRORS else None


_COMMANDS = {"/basemaps": "gis-capture basemap add", "/rasters": "gis-capture raster add"}
"""What takes files of any size, by the address that takes them up to a limit."""


def too_large(error: HTTPException) -> Text | None:
    """Gives the words for a body over the limit; None for every other error."""
    if not isinstance(error, RequestEntityTooLarge):
        return None
    command = _COMMANDS.get(request.path)
    if command is None:
        return Text("送られたデータが大きすぎます。分けて送ってください。", "The body is too large: send it in parts.")
    # A map and a photograph have no parts.
    limit = f"{(request.max_content_length or 0) / 1e6:,.0f} MB"
    return Text(
        f"ファイルが大きすぎます(画面からは {limit} まで)。サーバーのパソコンで {command} を使うか、"
        "設定 max_upload_bytes を大きくしてください。",
        f"The file is too large ({limit} at most from a page): use {command} on the server's computer, or raise the "
        "setting max_upload_bytes.",
    )


def code_of(status: int) -> str:
    """Gives the code of a plain HTTP error: "not_found", "method_not_allowed"; "http_411" for a rare one."""
    return TITLES[status].en.lower().replace(" ", "_") if status in TITLES else f"http_{status}"


def request_language() -> str:
    """The language the request asks for: "ja" unless English is preferred, in whatever country's form."""
    wanted = (tag.lower().partition("-")[0] for tag in request.accept_languages.values())
    return next((language for language in wanted if language in LANGUAGES), "ja")


def problem_document(status: int, code: str, message: Text | None) -> dict[str, Any]:
    """Gives a problem document in the language the request asks for."""
    return problem_body(status, code, message, request_language())


def problem_body(status: int, code: str, message: Text | None, language: str) -> dict[str, Any]:
    """Gives a problem document with the words of both languages."""
    title = TITLES.get(status) or Text(f"HTTP {status}", f"HTTP {status}")
    detail = message or title
    return {
        "type": "about:blank",
        "title": title.in_language(language),
        "status": status,
        "detail": detail.in_language(language),
        "code": code,
        "detail_ja": detail.ja,
        "detail_en": detail.en,
    }


def problem_response(status: int, code: str, message: Text | None) -> Response:
    """Gives a problem document as the answer."""
    response = json_response(problem_document(status, code, message), status=status)
    response.mimetype = "application/problem+json"
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    return response
