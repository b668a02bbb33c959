"""`gis-capture day`."""

import json
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

TASKS = {
    "photos": Text("写真がまだ端末にあります。端末で「送る」を押してください。", "photos are still there: send again"),
    "conflicts": Text("くい違いを決めてください(gis-capture conflicts)。", "decide them (gis-capture conflicts)"),
    "rejected": Text("受け付けできなかった変更を庁内画面で直してください。", "mend what was rejected (office page)"),
    "held": Text("前の変更を待っているものがあります。端末の残りを送ってください。", "send the rest of that tablet"),
}
DONE = Text("すべて登録しました。端末を片付けて構いません。", "all is stored; the tablet can be put away")
KINDS = {"checkout": Text("持ち出したファイル", "checked-out file"), "import": Text("台帳", "ledger")}
ALL_STORED = Text("すべて登録しました。", "all is stored")


@click.command(
    "day",
    cls=Command,
    words=Text(
        "1日の受け取りの控えを出します。端末ごとに、送られた数、登録した数、くい違い、写真、次にすること。省くと今日。",
        "The receipt of a day: what each tablet sent and what became of it, photos, what to do next. Default: today.",
    ),
)
@click.argument("date", required=False)
@option("--json", "is_json", is_flag=True, help=Text("JSON で出します。", "Prints JSON."))
@workspace_option
def command(date: str | None, is_json: bool, folder: Path | None) -> int:
    """Prints the receipt; the exit code is 3 where something is left to do."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.sync.day_report import day_decisions, day_report
    from gis_capture.times import day_between, in_japan, today

    with open_workspace(folder) as workspace:
        day = date or today(workspace.clock())
        since, until = day_between(day)
        devices = day_report(workspace.store, workspace.attachments, since=since, until=until)
        decisions = day_decisions(workspace.store, since=since, until=until)
    if is_json:
        click.echo(json.dumps({"date": day, "devices": devices, "decisions": decisions}, ensure_ascii=False, indent=1))
    else:
        say(Text(f"{day} に届いたもの {len(devices):,} 件", f"{day}: {len(devices):,} senders"))
        for device in devices:
            _print(device)
        for one in decisions:
            who = one["author"] or Text("(名前なし)", "(no name)").in_language(language_of())
            note = f"  {one['note']}" if one["note"] else ""
            what = f"{one['layer']} {one['label'] or one['feature_id']} {one['field']}: {one['take']}"
            click.echo(f"{in_japan(one['decided_at'])}  {who}  {what}{note}")
    return EXIT_ATTENTION if any(device["next"] for device in devices) else EXIT_DONE


def _print(device: dict[str, Any]) -> None:
    language = language_of()
    names = "、".join(device["authors"])
    kind, is_file, _ = str(device["device_id"]).partition(":")
    sender = KINDS[kind].in_language(language) + " " if is_file and kind in KINDS else ""
    click.echo(f"{sender}{device['device_id']}{f'({names})' if names else ''}")
    counts = Text(
        "  送信 {n_sent:,}  登録 {n_applied:,}  合わせて登録 {n_merged:,}  くい違い {n_conflict:,}"
        "  保留 {n_held:,}  受け付け不可 {n_rejected:,}  写真 {n_photos_here:,}/{n_photos:,}",
        "  sent {n_sent:,}  stored {n_applied:,}  merged {n_merged:,}  in conflict {n_conflict:,}"
        "  held {n_held:,}  rejected {n_rejected:,}  photos {n_photos_here:,}/{n_photos:,}",
    )
    click.echo(counts.in_language(language).format_map(device))
    for task in device["next"]:
        click.echo("  → " + TASKS[task].in_language(language))
    if not device["next"]:
        click.echo("  ○ " + (ALL_STORED if sender else DONE).in_language(language))
