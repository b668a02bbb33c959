"""Numbers of blocks and lots behind the name of a town: 728番地2, 13番18号, 4-7-26, 甲215-1."""

import re
from collections.abc import Iterator

_JOINT = "(?:番地ノ|番地|番ノ|番|号|ノ|-|ー|−)"
_LOT = re.compile(
    f"(?:-|ー|番地?)?([ァ-ヶぁ-ん甲乙丙丁]?)([0-9]+)(?:{_JOINT}([0-9]+))?(?:{_JOINT}([0-9]+))?(?:番地|番|号)?"
)


def lot_keys(text: str, start: int) -> Iterator[tuple[str, int, bool]]:
    """Gives the keys under which the number behind a town may stand, the most exact first.

    Yields:
        Key ("728-2"), where its text ends, and whether it is the whole number.
    """
    match = _LOT.match(text, start)
    if match is None:
        return
    letter, *numbers = match.groups()
    known = [str(int(number)) for number in numbers if number]
    for n_parts in range(len(known), 0, -1):
        is_whole = n_parts == len(known)
        end = match.end() if is_whole else match.end(n_parts + 1)
        yield (letter or "") + "-".join(known[:n_parts]), end, is_whole
