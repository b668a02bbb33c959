"""The towns of one city, and the one whose name stands in a text."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from gis_capture.locate.gazetteer.folding import format_kanji, key_of, parse_small_number
from gis_capture.locate.gazetteer.spots import Hit, Level, Spot, together
from gis_capture.locate.gazetteer.starts import lengths_by_start

_CHOME = re.compile("第?([0-9]{1,2}|[一二三四五六七八九十]{1,3})丁目?")
_NUMBERS = re.compile("([0-9]{1,2})(?:$|[^0-9丁番ノ][0-9]|(?![0-9番]))")
_THREE_NUMBERS = re.compile("[0-9]+[^0-9]{1,2}[0-9]+[^0-9]{1,2}[0-9]")
_NUMBERED_PART = re.compile("([0-9]{1,3}+)(部|字?)(?:の|ノ|-)?(?=[0-9])")
_KANA_PART = re.compile("[ァ-ヶぁ-ん](?=$|[0-9部ノ番ー字-])")
_KATAKANA_OFFSET = ord("ア") - ord("あ")
_KIND_OF_PART = re.compile("小?字")
_LAND_DIVISION = re.compile("第?[一二三四五六七八九十]{1,4}地割")
_ENDS_A_SHORT_KOAZA = re.compile("$|[0-9-]|部|字|番|ノ|[^一-龥ァ-ヶぁ-ん]")
# What may follow the name of a town: a lot as it may be written, or words that say "near", "within" and so on.
# A 字 that the table does not know is none of them: 加太字笘ヶ沖島 is an island, seven kilometres off.
_LOT_FOLLOWS = re.compile(
    "$|第?[0-9]|第[一二三四五六七八九十]|[一二三四五六七八九十]{1,3}丁目|[a-zA-Z(（,、，・/「『～~*ー-]|番|[〇一二三四五六七八九十百千]+(?:番|$)|無番|地[先内番割]|部[0-9]|員外|他|ほか|外|付近|附近|先"
    "|内$|[東西南北上中下新][0-9]"
    "|[子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛壬癸天地人仁義礼智信](?:$|[0-9部ノ番ー字-])"
    "|[ァ-ヶぁ-ん](?:$|[0-9部ノ番ー字-]|[ァ-ヶぁ-ん][0-9部])"
)
# Nine of ten places of 5,000 rows that have both an address and coordinates lie within so many radii.
_REACH = {"town": 2.1, "koaza": 1.9, "chome": 1.4}
_INNER_MUNICIPALITY = re.compile("[町村](?=.{2})")
_LEFT_OUT = str.maketrans("", "", "ケノツ")
_OLD_MUNICIPALITY = re.compile(".{1,6}?[町村]")
_LONGEST_CROSSING = 8
_SIDES = "上下東西南北中本新"
# One of these for another is another town, not a slip.
_TELLING = re.compile("[0-9一二三四五六七八九十上下東西南北中本新大小内外前後左右町村丁字番地の-]")
_SHORTEST_MISTYPED = 3
_KYOTO_STREETS = re.compile(".*(?:上[ルる]|下[ルる]|入[ルる]?|角|通)")

TownRow = tuple[int, str, str, int | None, str, str, float | None, float | None, float | None]
"""town_id, name, base_key, chome, koaza, koaza_key, lon, lat, radius_m"""


class Town:
    """A 大字 or 町 with what it consists of."""

    __slots__ = ("_whole", "chomes", "koazas", "longest_koaza", "name", "spot")

    def __init__(self, name: str) -> None:
        self.name = name
        self.spot: Spot | None = None
        self.chomes: dict[int, Spot] = {}
        self.koazas: dict[tuple[int | None, str], Spot] = {}
        self.longest_koaza = 0
        self._whole: Spot | None = None

    def whole(self) -> Spot:
        """The town as a whole; it reaches as far as its parts do."""
        if self._whole is None:
            self._whole = together(self.name, [*self.chomes.values(), *self.koazas.values()], own=self.spot)
        return self._whole

    def within(self, text: str, start: int) -> Hit:
        """Reads 丁目 and 小字 behind the town's name."""
        end, chome = start, None
        level: Level = "town"
        spot, others = self.whole(), ()  # type: tuple[Spot, tuple[Spot, ...]]
        # A 丁目 beside those that are known is younger than the table, or a mistake; a 地割 may lie far off the middle.
        is_known = True
        if self.chomes:
            if match := _CHOME.match(text, start):
                is_known = parse_small_number(match[1]) in self.chomes
                chome, end = parse_small_number(match[1]), match.end()
            elif match := _NUMBERS.match(text, start):
                # 本町2-16 is the second 丁目; where the town has land outside them, it may be lot 2-16 of that.
                chome, end = int(match[1]), match.end(1)
                others = (spot,) if self.spot and not _THREE_NUMBERS.match(text, start) else ()
            if chome in self.chomes:
                level, spot = "chome", self.chomes[chome]
            else:
                end, chome, others = start, None, ()
        if self.koazas and (found := self._koaza(chome, text, end)):
            # 末町10-4 may be lot 10-4 of the town as well as lot 4 of its part 10.
            others = (spot,) if text[end : found[0] + 1].endswith(("-", "ノ")) and text[end].isdigit() else others
            end, spot = found
            level = "koaza"
        elif _LAND_DIVISION.match(text, end):
            is_known = False
        return Hit(end, level, spot, others, not others and is_known and bool(_LOT_FOLLOWS.match(text, end)))

    def _koaza(self, chome: int | None, text: str, start: int) -> tuple[int, Spot] | None:
        if match := _KIND_OF_PART.match(text, start):
            start = match.end()
        for end in range(min(start + self.longest_koaza, len(text)), start, -1):
            spot = self.koazas.get((chome, text[start:end]))
            if spot is not None and (end - start > 1 or _ENDS_A_SHORT_KOAZA.match(text, end)):
                return end, spot
        if match := _NUMBERED_PART.match(text, start):
            # 末町10の4, 河井町16部1 and 好地3-17: parts of a town that are known by number.
            number, kind = format_kanji(int(match[1])), match[2]
            for name in (number + kind, number, f"第{number}地割"):
                if spot := self.koazas.get((chome, name)):
                    return match.end(2), spot
        if match := _KANA_PART.match(text, start):
            kana = match[0]
            other = chr(ord(kana) + (_KATAKANA_OFFSET if kana < "ァ" else -_KATAKANA_OFFSET))
            # Where a town has both い and ア, the one is not the other.
            has_both = any((at, name[:1] < "ァ") == (chome, kana < "ァ") for at, name in self.koazas if _is_kana(name))
            if not has_both and (spot := self.koazas.get((chome, other))):
                return match.end(), spot
        return None


def _is_kana(name: str) -> bool:
    return len(name) == 1 and "ぁ" <= name <= "ヶ"


class CityTowns:
    """The towns of one city by the keys of their names."""

    def __init__(self, rows: Iterable[TownRow]) -> None:
        self._towns: dict[str, Town] = {}
        for town_id, name, base_key, chome, koaza, koaza_key, lon, lat, radius_m in rows:
            town = self._towns.get(base_key)
            if town is None:
                town = self._towns[base_key] = Town(_without_chome(name, base_key, chome))
            factor = _REACH["koaza" if koaza_key else "town" if chome is None else "chome"]
            spot = Spot(town_id, name + koaza, lon, lat, radius_m and radius_m * factor)
            if koaza_key:
                town.koazas.setdefault((chome, koaza_key), spot)
                if "ノ" in koaza_key[1:-1]:
                    town.koazas.setdefault((chome, koaza_key.replace("ノ", "")), spot)
                town.longest_koaza = max(town.longest_koaza, len(koaza_key))
            elif chome is not None:
                town.chomes.setdefault(chome, spot)
            elif town.spot is None:
                town.spot = spot
        self._lengths = lengths_by_start(self._towns)
        self._sorted: list[str] = []
        self._shortened: dict[str, Town | None] | None = None
        self._shortened_lengths: dict[str, tuple[int, ...]] = {}
        self._sideless: dict[str, list[Town]] | None = None
        self._gapped: dict[tuple[str, int], list[str]] | None = None

    def find(self, text: str, start: int) -> Hit | None:
        """Finds the town whose name stands at `start`, in full or as names are shortened; None where there is none."""
        hit = self.find_full(text, start)
        if hit is not None and (hit.is_sure or hit.others):
            return hit
        ways = [hit, self._shortened_name(text, start), self._first_part(text, start), self._behind(text, start)]
        found = [way for way in ways if way is not None]
        if not any(_LOT_FOLLOWS.match(text, way.end) for way in found):
            found += filter(None, (self._without_side(text, start), self._mistyped(text, start)))
        # The way that explains most of the text; the full name where others explain no more.
        return max(found, key=lambda way: way.end, default=None)

    def find_full(self, text: str, start: int) -> Hit | None:
        """Finds the longest full name at `start`."""
        towns = self._towns
        two, one = text[start : start + 2], text[start : start + 1]
        for length in (*self._lengths.get(two, ()), *(self._lengths.get(one, ()) if len(two) > 1 else ())):
            end = start + length
            town = towns.get(text[start:end]) if end <= len(text) else None
            if town is not None:
                hit = town.within(text, end)
                if hit.is_sure or hit.others:
                    return hit
                # 中 is a town, but 中央… is not in it; behind 丸岡町, a former municipality, a town may follow.
                is_vague = end - start == 1 or (
                    text[end - 1] in "町村" and hit.end == end and self._is_first_part(text[start:end])
                )
                return None if is_vague else hit
        if "" in towns:
            hit = towns[""].within(text, start)
            return hit if hit.end > start or text[start : start + 1].isdigit() else None
        return None

    def _shortened_name(self, text: str, start: int) -> Hit | None:
        """門前清水 for 門前町清水, 最上 for 桃山町最上: the old municipality was left out, in part or in full."""
        if self._shortened is None:
            self._shortened = self._shorten()
            self._shortened_lengths = lengths_by_start(self._shortened)
        for length in self._shortened_lengths.get(text[start : start + 2], ()):
            end = start + length
            found = self._shortened.get(text[start:end]) if end <= len(text) else None
            if found is not None:
                hit = found.within(text, end)
                return hit._replace(is_sure=False) if _LOT_FOLLOWS.match(text, hit.end) else None
        return None

    def _shorten(self) -> dict[str, Town | None]:
        """Names without former municipality, or without ケ, ノ, ツ, 町; None for those that several towns share."""
        short_names: dict[str, Town | None] = {}
        for key, town in self._towns.items():
            # 大崎字入道 for 大崎町字入道.
            shorts = [key[:1] + key[1:-1].translate(_LEFT_OUT) + key[-1:], key.removesuffix("町")]
            for match in _INNER_MUNICIPALITY.finditer(key):
                shorts += [key[: match.start()] + key[match.end() :], key[match.end() :]]
            for short in shorts:
                if len(short) > 1 and short != key:
                    short_names[short] = town if short_names.get(short, town) is town else None
        return short_names

    def _first_part(self, text: str, start: int) -> Hit | None:
        """神楽2-3 for 神楽町, 石脇82 for 石脇上 or 石脇下, 龍神村 for all of its towns."""
        end, keys = start, self._in_order()
        while end < len(text) and (narrowed := _with_prefix(keys, text[start : end + 1])):
            end, keys = end + 1, narrowed
        while end > start and not (_LOT_FOLLOWS.match(text, end) or text[end - 1] in "町村"):
            end -= 1
        if end == start:
            return None
        part = text[start:end]
        # One character is enough only for 栄5-14-1, which can only be 栄町.
        keys = (
            _with_prefix(self._in_order(), part)
            if len(part) > 1
            else [key for key in (part + "町",) if key in self._towns]
        )
        towns = [self._towns[key] for key in keys]
        if not towns:
            return None
        if len(towns) == 1:
            return towns[0].within(text, end)._replace(is_sure=False)
        name = towns[0].name[: len(part)]
        whole = together(name if key_of(name) == part else part, (town.whole() for town in towns))
        return Hit(end, "district", whole, tuple(town.whole() for town in towns[:5]), is_sure=False)

    def _is_first_part(self, name: str) -> bool:
        return len(_with_prefix(self._in_order(), name)) > 1

    def _without_side(self, text: str, start: int) -> Hit | None:
        """三之町 for 上三之町 and 下三之町 together."""
        if self._sideless is None:
            self._sideless = {}
            for key, town in self._towns.items():
                if len(key) > _SHORTEST_MISTYPED and key[0] in _SIDES:
                    self._sideless.setdefault(key[1:], []).append(town)
        for end in range(len(text), start + 2, -1):
            if (towns := self._sideless.get(text[start:end])) and _LOT_FOLLOWS.match(text, end):
                wholes = [town.whole() for town in towns]
                name = towns[0].name[1:]
                return Hit(end, "district", together(name, wholes), tuple(wholes[:5]), is_sure=False)
        return None

    def _mistyped(self, text: str, start: int) -> Hit | None:
        """三福時町 for 三福寺町: one character is another, and only one town is like it; its parts are not claimed."""
        if self._gapped is None:
            self._gapped = {}
            for key in self._towns:
                for gap in range(len(key) if len(key) >= _SHORTEST_MISTYPED else 0):
                    if not _TELLING.match(key[gap]):
                        self._gapped.setdefault((key[:gap] + key[gap + 1 :], gap), []).append(key)
        longest = max(map(len, self._towns), default=0)
        for end in range(min(start + longest, len(text)), start + _SHORTEST_MISTYPED - 1, -1):
            written = text[start:end]
            keys = {
                key
                for gap, sign in enumerate(written)
                if not _TELLING.match(sign)
                for key in self._gapped.get((written[:gap] + written[gap + 1 :], gap), ())
            }
            if keys and _LOT_FOLLOWS.match(text, end):
                towns = [self._towns[key] for key in sorted(keys)]
                return (
                    Hit(end, "district", towns[0].whole(), is_sure=False, is_guessed=True) if len(towns) == 1 else None
                )
        return None

    def _in_order(self) -> list[str]:
        if not self._sorted:
            self._sorted = sorted(self._towns)
        return self._sorted

    def _behind(self, text: str, start: int) -> Hit | None:
        """粉河町中津川 where the table says 中津川; in Kyoto, the town stands behind the crossing of two streets."""
        for pattern in (_OLD_MUNICIPALITY, _KYOTO_STREETS):
            match = pattern.match(text, start)
            # 侍浜町本町 is a part of the town 侍浜町, and not the city's 本町.
            if match and text[start : match.end()] not in self._towns and (hit := self.find_full(text, match.end())):
                return hit._replace(is_sure=pattern is _KYOTO_STREETS and hit.is_sure) if hit.is_sure else None
        return self._behind_crossing(text, start)

    def _behind_crossing(self, text: str, start: int) -> Hit | None:
        """染殿町 behind 寺町通石薬師下る西側, 下池田町 behind 大和大路通七条下る5丁目."""
        match = _KYOTO_STREETS.match(text, start)
        for begin in range(match.end() + 1, match.end() + _LONGEST_CROSSING) if match else ():
            hit = self.find_full(text, begin)
            if hit is not None and hit.is_sure and hit.end - begin > 2 and _LOT_FOLLOWS.match(text, hit.end):
                return hit._replace(is_sure=False)
        return None


def _without_chome(name: str, key: str, chome: int | None) -> str:
    """The name of a town as its source writes it, without the 丁目 that follows it; else its key."""
    if chome is None:
        return name
    plain = name.removesuffix("目").removesuffix("丁").removesuffix(format_kanji(chome))
    return plain if key_of(plain) == key else key


def _with_prefix(keys: list[str], prefix: str) -> list[str]:
    """The keys of a sorted list that start with a text."""
    begin = bisect_left(keys, prefix)
    return keys[begin : bisect_left(keys, prefix[:-1] + chr(ord(prefix[-1]) + 1), begin)]
