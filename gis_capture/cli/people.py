"""`gis-capture people`: accounts, rights and tablets, on the server's own computer."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import Command, Group, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

command = Group(
    "people",
    modules={},
    words=Text(
        "利用者とタブレットを管理します。最初の管理者を登録すると、全員がサインインするようになります。",
        "Looks after accounts and tablets. From the first administrator on, everybody signs in.",
    ),
)
ROLES = ("viewer", "crew", "office", "admin")
RIGHTS = ("none", "read", "edit", "personal", "no_personal")
role_type = click.Choice(ROLES)


@command.command("list", cls=Command, words=Text("利用者の一覧。", "Lists the accounts and what was granted."))
@workspace_option
def list_people(folder: Path | None) -> None:
    """Prints accounts, then grants."""
    with open_workspace(folder) as workspace:
        people = workspace.people
        accounts, grants, areas = people.accounts.all(), people.accounts.grants(), people.areas.all()
    for one in accounts:
        personal = Text("個人情報あり", "personal data").in_language(language_of()) if one.sees_personal else ""
        click.echo("\t".join((one.name, one.role.word, one.title, one.signed_in_at or "-", personal)).rstrip())
    names = {f"account:{one.account_id}": one.name for one in accounts}
    for grant in grants:
        click.echo(f"  {names.get(grant['subject'], grant['subject'])}\t{grant['layer']}\t{grant['right']}")
    for given in areas:
        click.echo(f"  {names.get(given.subject, given.subject)}\t[{given.area.name}]")
    if not accounts:
        say(
            Text(
                "利用者はまだいません。このパソコンの画面だけが使えます。people add で管理者を登録してください。",
                "Nobody has an account yet; only this computer's own screen is let in. Add the administrator.",
            )
        )


@command.command("add", cls=Command, words=Text("利用者を登録します。", "Adds an account."))
@click.argument("name")
@option("--role", type=role_type, required=True, help=Text("役割。", "What the person does."))
@option("--title", default="", help=Text("画面に出す名前。[既定: NAME]", "Name as others read it. [default: NAME]"))
@option(
    "--personal/--no-personal",
    "sees_personal",
    default=None,
    help=Text("個人情報の項目を見せるか。[既定: office と admin には見せる]", "Whether it sees personal data."),
)
@workspace_option
def add(name: str, role: str, title: str, sees_personal: bool | None, folder: Path | None) -> None:
    """Asks for the password, so that no list of commands keeps it."""
    from gis_capture.people import Role

    with open_workspace(folder) as workspace:
        password = _ask_password()
        made = workspace.people.add_account(name, password, Role.of(role), title=title, sees_personal=sees_personal)
        _write_down(workspace, "person_add", f"{made.name} ({role})")
    say(Text(f"「{made.name}」を登録しました({role})。", f'Added "{made.name}" ({role}).'))


@command.command("password", cls=Command, words=Text("新しいパスワードにします。", "Gives a new password."))
@click.argument("name")
@workspace_option
def password(name: str, folder: Path | None) -> None:
    """Sets it; the account is signed out everywhere, and does not wait any more."""
    with open_workspace(folder) as workspace:
        account = workspace.people.accounts.get(name)
        workspace.people.accounts.set_password(account, _ask_password())
        _write_down(workspace, "person_password", account.name)
    say(Text(f"「{account.name}」のパスワードを変えました。", f'"{account.name}" has a new password.'))


@command.command(
    "pin",
    cls=Command,
    words=Text(
        "「現場」の人に、共用のタブレットで使う PIN(数字 4〜8 桁)を付けます。あとから見ることはできません。",
        "Gives one of the crew a PIN (4 to 8 digits) for shared tablets; it is not shown again.",
    ),
)
@click.argument("name")
@option("--remove", "is_removal", is_flag=True, help=Text("PIN を外します。", "Take it away."))
@workspace_option
def pin(name: str, is_removal: bool, folder: Path | None) -> None:
    """Asks for the PIN, so that no list of commands keeps it; tablets ask for it anew."""
    with open_workspace(folder) as workspace:
        account = workspace.people.accounts.get(name)
        words = Text("PIN(数字 4〜8 桁)", "PIN (4 to 8 digits)")
        workspace.people.pins.put(account, "" if is_removal else _ask(words))
        _write_down(workspace, "person_pin", f"{account.name}: -" if is_removal else account.name)
    if is_removal:
        say(Text(f"「{account.name}」の PIN を外しました。", f'"{account.name}" has no PIN.'))
    else:
        say(Text(f"「{account.name}」に PIN を付けました。", f'"{account.name}" has a new PIN.'))


@command.command("remove", cls=Command, words=Text("利用者を外します。", "Takes an account away."))
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path | None) -> None:
    """Removes it; its sessions end."""
    with open_workspace(folder) as workspace:
        account = workspace.people.accounts.get(name)
        workspace.people.accounts.remove(account)
        _write_down(workspace, "person_remove", account.name)
    say(Text(f"「{account.name}」を外しました。", f'"{account.name}" is gone.'))


@command.command(
    "grant",
    cls=Command,
    words=Text(
        "だれがどのレイヤーを使えるかを決めます。WHO は利用者の名前、role:crew のような役割、device:タブレットの名前。"
        "LAYER はレイヤーのキー、* はほかの全部。RIGHT は none・read・edit、"
        "personal・no_personal(個人情報の項目を見せるか)、- は取り消し。",
        "Says who may do what with a layer. WHO is the name of an account, a role like role:crew, or "
        "device:NAME of a tablet; LAYER a key, or * for all others; RIGHT none, read, edit, "
        "personal or no_personal (whether its personal data is seen), or - to take all back.",
    ),
)
@click.argument("who")
@click.argument("layer")
@click.argument("right", type=click.Choice([*RIGHTS, "-"]))
@workspace_option
def grant(who: str, layer: str, right: str, folder: Path | None) -> None:
    """Writes a grant."""
    from gis_capture.people import ALL_LAYERS, Right
    from gis_capture.people.people import subject_of
    from gis_capture.people.principals import PERSONAL

    with open_workspace(folder) as workspace:
        if layer != ALL_LAYERS:
            workspace.known_layer(layer)
        subject = subject_of(workspace.people, who)
        said = None if right == "-" else PERSONAL[right] if right in PERSONAL else Right[right.upper()]
        workspace.people.accounts.grant(subject, layer, said)
        _write_down(workspace, "grant", f"{subject}: {right}", layer=layer)
    say(Text(f"決めました: {who} {layer} {right}", f"Done: {who} {layer} {right}"))


@command.command(
    "area",
    cls=Command,
    words=Text(
        "だれかの担当の範囲を決めます。その外の地物は渡さず、受け取りません。WHO は grant と同じ。"
        "FILE は面の入った GeoJSON、- は取り消し。",
        "Limits somebody to an area: features outside of it are neither given nor taken. WHO as for grant; "
        "FILE is GeoJSON with polygons, - lifts the limit.",
    ),
)
@click.argument("who")
@click.argument("file")
@option("--name", default="", help=Text("範囲の名前。[既定: ファイルの名前]", "Its name. [default: of the file]"))
@workspace_option
def area(who: str, file: str, name: str, folder: Path | None) -> None:
    """Writes an area."""
    from gis_capture.people.people import subject_of
    from gis_capture.workspace.areas import read_area

    with open_workspace(folder) as workspace:
        subject, areas = subject_of(workspace.people, who), workspace.people.areas
        if file == "-":
            areas.remove(subject)
        else:
            name = areas.put(subject, name or Path(file).stem, read_area(Path(file))).area.name
        _write_down(workspace, "area", f"{subject}: {name or '-'}")
    say(Text(f"決めました: {who} {name or '-'}", f"Done: {who} {name or '-'}"))


@command.command("devices", cls=Command, words=Text("登録したタブレットの一覧。", "Lists the paired tablets."))
@workspace_option
def devices(folder: Path | None) -> None:
    """Prints name, state, last contact, who paired it, and id."""
    with open_workspace(folder) as workspace:
        for one in workspace.people.devices.all():
            click.echo("\t".join((one.name, one.state, one.contact_at, one.paired_by, one.device_id)))


@command.command(
    "revoke",
    cls=Command,
    words=Text(
        "タブレットの登録を取り消します。次につながったときに断られます。未送信の編集はタブレットに残ります。",
        "Withdraws a tablet: it is refused at its next contact. What it has not sent stays on it.",
    ),
)
@click.argument("device")
@option("--lock", "is_lock", is_flag=True, help=Text("取り消さず、ロックするだけ。", "Only lock it."))
@option("--unlock", "is_unlock", is_flag=True, help=Text("ロックを外します。", "Take the lock off."))
@workspace_option
def revoke(device: str, is_lock: bool, is_unlock: bool, folder: Path | None) -> None:
    """Sets the state of a tablet."""
    with open_workspace(folder) as workspace:
        people = workspace.people
        state = people.devices.set_state(
            people.devices.get(device), "active" if is_unlock else "locked" if is_lock else "revoked"
        )
        _write_down(workspace, f"device_{state.state}", state.name)
    say(Text(f"「{state.name}」: {state.state}", f'"{state.name}": {state.state}'))


def _ask_password() -> str:
    return _ask(Text("パスワード(10文字以上)", "Password (at least 10 characters)"))


def _ask(words: Text) -> str:
    again = Text("もう一度", "Once more").in_language(language_of())
    return str(click.prompt(words.in_language(language_of()), hide_input=True, confirmation_prompt=again))


def _write_down(workspace: "Workspace", what: str, detail: str, layer: str = "") -> None:
    workspace.people.audit.add(what, at=workspace.clock(), who=("console", "", ""), layer=layer, detail=detail)
