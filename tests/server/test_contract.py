"""The served contract, asked with what no client of ours would send: never a server error, always as documented."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

N_EXAMPLES = 2
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = list(schemathesis.GenerationMode)
"""What fits the contract, and what does not."""


class Reading:
    """Reads every answer to its end, as clients on a network do, so that the server closes its files."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answers a request."""
        answer = self._app(environ, start_response)
        try:
            return list(answer)
        finally:
            getattr(answer, "close", lambda: None)()


@pytest.mark.parametrize("mode", MODES)
def test_answers_are_as_documented(app: Flask, mode: schemathesis.GenerationMode) -> None:
    """Every operation, by the office's own screen, which may ask all of them."""
    contract = schemathesis.openapi.from_wsgi("/openapi.json", Reading(app))
    failures = []
    for result in contract.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @settings(
            max_examples=N_EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        try:
            ask()
        except Unsatisfiable:
            # Nothing can be sent to it that does not fit.
            assert mode is not schemathesis.GenerationMode.POSITIVE
        except BaseExceptionGroup as error:
            failures.append(f"{operation.label}: {type(error).__name__} {str(error)[:700]}")
    assert not failures, "\n".join(failures)
