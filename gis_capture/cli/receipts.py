"""How the receipts of a push are printed for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click

from gis_capture.cli.language import language_of
from gis_capture.text import Text

MAX_REASONS = 20
STATUSES = {
    "applied": Text("登録しました", "stored"),
    "merged": Text("ほかの人の変更と合わせて登録しました", "stored beside the changes of others"),
    "conflict": Text("くい違い(gis-capture conflicts で確認)", "in conflict (see gis-capture conflicts)"),
    "held": Text("保留(前の変更を待っています)", "held: waits for the change before it"),
    "rejected": Text("受け付けできませんでした", "rejected"),
}


def print_receipts(receipts: Sequence[Mapping[str, Any]]) -> None:
    """Prints how many changes of each status there are, and why some were rejected."""
    counts = Counter[str](receipt["status"] for receipt in receipts)
    for status, words in STATUSES.items():
        if counts[status]:
            click.echo(f"  {words.in_language(language_of())}: {counts[status]:,}")
    _print_reasons(receipts)


def is_all_stored(receipts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether nothing of a push wants a person's eye."""
    return not any(receipt["status"] in ("conflict", "held", "rejected") for receipt in receipts)


def _print_reasons(receipts: Sequence[Mapping[str, Any]]) -> None:
    """Prints why changes were not stored, each reason once."""
    reasons = Counter(
        receipt["problem"]["message"][language_of()]
        for receipt in receipts
        if receipt["status"] == "rejected" and receipt["problem"]
    )
    for reason, n in reasons.most_common(MAX_REASONS):
        click.echo(f"    {reason}" + (f" ({n:,})" if n > 1 else ""))
