"""Codes of all that sign-in, pairing and rights can say, with the words for people."""

from typing import Final

from gis_capture.errors import PeopleError
from gis_capture.text import Text

SETUP_NEEDED: Final = "setup_needed"
SIGN_IN_NEEDED: Final = "sign_in_needed"
SIGN_IN_FAILED: Final = "sign_in_failed"
CODE_WRONG: Final = "code_wrong"
TOO_MANY_ATTEMPTS: Final = "too_many_attempts"
ROLE_TOO_LOW: Final = "role_too_low"
LAYER_NOT_GRANTED: Final = "layer_not_granted"
AREA_LIMITED: Final = "area_limited"
PERSONAL_HIDDEN: Final = "personal_hidden"
UPLOAD_OF_ANOTHER: Final = "upload_of_another"
AREA_UNUSABLE: Final = "area_unusable"
EMAIL_UNUSABLE: Final = "email_unusable"
OUTSIDE_BROKEN_OFF: Final = "outside_broken_off"
OUTSIDE_UNKNOWN: Final = "outside_unknown"
OUTSIDE_UNREACHABLE: Final = "outside_unreachable"
DEVICE_LOCKED: Final = "device_locked"
DEVICE_REVOKED: Final = "device_revoked"
DEVICE_STAYS_REVOKED: Final = "device_stays_revoked"
DEVICE_DIFFERS: Final = "device_differs"
DEVICE_UNKNOWN: Final = "device_unknown"
ACCOUNT_UNKNOWN: Final = "account_unknown"
NAME_TAKEN: Final = "name_taken"
NAME_UNUSABLE: Final = "name_unusable"
PASSWORD_SHORT: Final = "password_short"
PASSWORD_LONG: Final = "password_long"
PASSWORD_GUESSABLE: Final = "password_guessable"
ROLE_UNKNOWN: Final = "role_unknown"
RIGHT_UNKNOWN: Final = "right_unknown"
PERSONAL_FOR_PEOPLE: Final = "personal_for_people"
LAST_ADMIN: Final = "last_admin"
SETUP_DONE: Final = "setup_done"
FIRST_IS_ADMIN: Final = "first_is_admin"
PIN_UNUSABLE: Final = "pin_unusable"
PIN_FOR_CREW: Final = "pin_for_crew"
PIN_WRONG: Final = "pin_wrong"
PERSON_REFUSED: Final = "person_refused"

_WORDS: Final[dict[str, Text]] = {
    SETUP_NEEDED: Text(
        "管理者がまだ登録されていません。先に、サーバーのパソコンで管理者を登録してください。"
        "登録に使うコードは、サーバーを起動した画面に出ています。",
        "There is no administrator yet. The administrator must be created on the office PC first; "
        "the code for it stands on the console where the server was started.",
    ),
    SIGN_IN_NEEDED: Text(
        "サインインしてください。時間がたったため、サインインが切れたことも考えられます。",
        "Sign in. You may have been signed out because time has passed.",
    ),
    SIGN_IN_FAILED: Text(
        "名前かパスワードが違います。もう一度入力してください。", "The name or the password is wrong. Try again."
    ),
    CODE_WRONG: Text(
        "コードが違うか、期限が切れています。もう一度確かめるか、新しいコードを出してください。",
        "The code is wrong or has expired: check it, or ask for a new one.",
    ),
    TOO_MANY_ATTEMPTS: Text(
        "続けて失敗したため、しばらく受け付けません。{wait_s} 秒ほど待ってから、もう一度試してください。",
        "Too many failures in a row: wait about {wait_s} seconds, then try again.",
    ),
    ROLE_TOO_LOW: Text(
        "この操作は「{role}」以上の人ができます。必要なら管理者に頼んでください。",
        'This takes the role "{role}" or a higher one: ask the administrator.',
    ),
    LAYER_NOT_GRANTED: Text(
        "このレイヤーを使う権限がありません。必要なら管理者に頼んでください。",
        "You have no right to this layer: ask the administrator.",
    ),
    PERSONAL_HIDDEN: Text(
        "個人情報が入っていることがあるため、個人情報を見てよい利用者だけが使えます。必要なら管理者に頼んでください。",
        "It may hold personal data, and is for those alone who may see that: ask the administrator.",
    ),
    UPLOAD_OF_ANOTHER: Text(
        "取り込む前のファイルは、それを選んだ人と管理者だけが使えます。選んだ人に取り込んでもらってください。",
        "Until it is imported, a file is for who chose it and the administrator: ask that person to import it.",
    ),
    AREA_LIMITED: Text(
        "範囲を決められた人には、レイヤー全体にかかわる操作はできません。レイヤーのパックも渡せません(背景地図は使えます)。"
        "必要なら管理者に頼んでください。",
        "Who is limited to an area may not do what is about the whole of a layer, and gets no packs of layers "
        "(base maps are given): ask the administrator.",
    ),
    AREA_UNUSABLE: Text(
        "この図形は範囲にできません。経度・緯度で書いた面(ポリゴン)で、頂点は{most}個までにしてください。",
        "This is no area: give polygons in longitude and latitude with at most {most} corners.",
    ),
    EMAIL_UNUSABLE: Text(
        "「{value}」はメールアドレスとして使えないか、ほかの利用者のものです。",
        '"{value}" is no address, or that of another account.',
    ),
    OUTSIDE_BROKEN_OFF: Text(
        "市の認証基盤でのサインインが途中で切れました。もう一度始めてください。",
        "The sign-in at the city's identity provider was broken off: begin again.",
    ),
    OUTSIDE_UNKNOWN: Text(
        "市の認証基盤で確かめられた人は、ここの利用者ではありません。管理者に、メールアドレスの登録を頼んでください。",
        "Whom the city's identity provider named has no account here: ask the administrator to enter the address.",
    ),
    OUTSIDE_UNREACHABLE: Text(
        "市の認証基盤につながりません。名前とパスワードでもサインインできます。",
        "The city's identity provider cannot be reached. You can sign in by name and password too.",
    ),
    DEVICE_LOCKED: Text(
        "このタブレットは役所でロックされています。入力した内容はこのタブレットに残っています。役所に連絡してください。",
        "The office has locked this tablet. What was recorded is still on it. Call the office.",
    ),
    DEVICE_REVOKED: Text(
        "このタブレットの登録は役所で取り消されています。入力した内容はこのタブレットに残っています。"
        "役所で新しいコードを出してもらい、登録し直してください。",
        "The office has withdrawn this tablet. What was recorded is still on it. "
        "Ask the office for a new code and pair it again.",
    ),
    DEVICE_STAYS_REVOKED: Text(
        "タブレット「{value}」の登録は取り消されています。もとには戻せません。新しいコードで登録し直してください。",
        'Tablet "{value}" was revoked, which stays: pair it anew with a new code.',
    ),
    DEVICE_DIFFERS: Text(
        "このタブレットのアプリは、登録したときと別のものです。役所で新しいコードを出してもらい、登録し直してください。",
        "The app on this tablet is not the one that was paired. Ask the office for a new code and pair it again.",
    ),
    DEVICE_UNKNOWN: Text("タブレット「{value}」は登録されていません。", 'There is no tablet "{value}".'),
    ACCOUNT_UNKNOWN: Text("「{value}」という利用者はいません。", 'There is no account "{value}".'),
    NAME_TAKEN: Text("「{value}」という利用者はもういます。", 'There is an account "{value}" already.'),
    NAME_UNUSABLE: Text(
        "名前は1〜{most}文字で、改行などを入れずに書いてください。",
        "Write a name of 1 to {most} characters, without line breaks.",
    ),
    PASSWORD_SHORT: Text("パスワードは{least}文字以上にしてください。", "A password has at least {least} characters."),
    PASSWORD_LONG: Text("パスワードは{most}文字までです。", "A password has at most {most} characters."),
    PASSWORD_GUESSABLE: Text(
        "このパスワードは推測されやすいものです(よく使われる語、名前、並び)。関係のない言葉をいくつかつないでください。",
        "This password is easily guessed (common words, names, rows of keys): join several unrelated words.",
    ),
    ROLE_UNKNOWN: Text(
        "「{value}」という役割はありません。admin・office・crew・viewer のどれかにしてください。",
        'There is no role "{value}": give admin, office, crew or viewer.',
    ),
    RIGHT_UNKNOWN: Text(
        "「{value}」という権限はありません。none・read・edit・personal・no_personal のどれかにしてください。",
        'There is no right "{value}": give none, read, edit, personal or no_personal.',
    ),
    PERSONAL_FOR_PEOPLE: Text(
        "タブレットに個人情報を渡すかは、設定 shares_personal_fields だけで決まります。人か役割を選んでください。",
        "The setting shares_personal_fields alone gives personal data to tablets: choose people or a role.",
    ),
    LAST_ADMIN: Text(
        "最後の管理者は外せません。先に別の管理者を登録してください。",
        "The last administrator stays: add another one first.",
    ),
    FIRST_IS_ADMIN: Text(
        "最初に登録する人は、管理者(admin)にしてください。", "The first account is that of an administrator (admin)."
    ),
    PIN_UNUSABLE: Text(
        "PIN は数字 4〜8 桁です。同じ数字、続き番号、くり返し、西暦の年のような推測されやすいものは使えません。",
        "A PIN is 4 to 8 digits, and none that is easily guessed: one digit, a row, a repetition, a year.",
    ),
    PIN_FOR_CREW: Text(
        "PIN を付けられるのは、役割が「現場」(crew)の人だけです。「{value}」はそうではありません。",
        'Only who has the role "crew" gets a PIN; "{value}" has another one.',
    ),
    PIN_WRONG: Text(
        "PIN が違います。もう一度入れてください。忘れたときは、管理者に新しい PIN を頼んでください。",
        "The PIN is wrong. Try again, or ask the administrator for a new one.",
    ),
    PERSON_REFUSED: Text(
        "このタブレットでは、この人として送受信できません。PIN が変わったか、利用者から外されています。"
        "設定の「ほかの班にかわる」から PIN を入れ直すか、役所に連絡してください。記録はこのタブレットに残っています。",
        "This tablet may neither send nor receive for this person: the PIN has changed, or the account is gone. "
        "Choose the person and type the PIN again, or call the office. What was recorded is still on the tablet.",
    ),
    SETUP_DONE: Text(
        "管理者はもう登録されています。サインインしてください。", "There is an administrator already: sign in."
    ),
}


def error(code: str, **values: object) -> PeopleError:
    """Makes the error of a code; its subject holds the code and the values."""
    text = _WORDS[code]
    shown = {name: str(value)[:60] for name, value in values.items()}
    return PeopleError(Text(text.ja.format(**shown), text.en.format(**shown)), code=code, **values)
