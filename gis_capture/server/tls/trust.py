"""Makes the browsers of this computer's user trust the office's authority."""

import shutil
import subprocess
import sys
from pathlib import Path

from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

_LIMIT_S = 60


def trust_authority(authority: Path, home: Path, *, platform: str = sys.platform) -> None:
    """Puts an authority's certificate (PEM) into the store of the present user; again makes no difference.

    Windows: the user's own root store. macOS: the login keychain. Elsewhere: the NSS database of Chromium.

    Raises:
        WorkspaceError: The program that does it is not there, or the person refused.
    """
    commands = _commands(authority, home, platform)
    program = commands[0][0]
    if shutil.which(program) is None:
        raise WorkspaceError(
            Text(
                f"「{program}」がないため、信頼の設定ができません。Debian・Ubuntu では libnss3-tools を入れるか、"
                "準備ページの手順で設定してください。",
                f'"{program}" is missing, which makes this user trust the certificate: on Debian or Ubuntu install '
                "libnss3-tools, or follow the steps of the set-up page.",
            ),
            program=program,
        )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=_LIMIT_S)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()
            reason = said[-1] if said else str(done.returncode)
            raise WorkspaceError(
                Text(
                    f"信頼の設定ができませんでした({reason})。準備ページの手順で設定してください。",
                    f"This user could not be made to trust the certificate ({reason}): "
                    "follow the steps of the set-up page.",
                ),
                program=program,
            )


def _commands(authority: Path, home: Path, platform: str) -> list[list[str]]:
    if platform == "win32":
        return [["certutil", "-user", "-addstore", "Root", str(authority)]]
    if platform == "darwin":
        keychain = home / "Library/Keychains/login.keychain-db"
        return [["security", "add-trusted-cert", "-r", "trustRoot", "-k", str(keychain), str(authority)]]
    database = home / ".pki/nssdb"
    database.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = ["-d", f"sql:{database}"]
    made = [] if (database / "cert9.db").exists() else [["certutil", "-N", "--empty-password", *place]]
    name = f"GIS Capture {authority.parent.parent.parent.name}"
    return [*made, ["certutil", "-A", "-t", "C,,", "-n", name, "-i", str(authority), *place]]
