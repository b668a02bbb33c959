"""Addresses are matched as far as they are known, and no further."""

import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer

TOWNS = """pref,city,town,koaza,lat,lon
岐阜県,高山市,三之町,,36.1400,137.2600
岐阜県,高山市,一之宮町,,36.0520,137.2010
岐阜県,高山市,八軒町一丁目,,36.1386,137.2576
岐阜県,高山市,八軒町二丁目,,36.1385,137.2565
岐阜県,高山市,花里町一丁目,,36.1317,137.2518
岐阜県,高山市,花里町二丁目,,36.1353,137.2530
岐阜県,高山市,荘川町岩瀬,,36.0670,136.9413
岐阜県,高山市,荘川町岩瀬,高野,36.0700,136.9450
岐阜県,高山市,丹生川町町方,,36.1642,137.3056
岐阜県,高山市,丹生川町北方,,36.1700,137.3100
岐阜県,高山市,清水町,,36.1000,137.2000
岐阜県,高山市,下之切町,,36.1100,137.2100
岐阜県,高山市,上野,,36.1600,137.2400
岐阜県,高山市,上野一丁目,,36.1610,137.2410
岐阜県,高山市,旭ケ丘町,,36.1200,137.2300
岐阜県,高山市,二ツ屋,,36.1250,137.2350
静岡県,駿東郡清水町,伏見,,35.0990,138.9030
北海道,札幌市中央区,北一条西三丁目,,43.0630,141.3500
北海道,上川郡清水町,御影,,42.9500,142.9500
北海道,札幌市中央区,南一条西五丁目,,43.0580,141.3480
京都府,京都市中京区,上本能寺前町,,35.0110,135.7670
石川県,鳳珠郡能登町,字宇出津,,37.3060,137.1490
石川県,加賀市,加茂町,,36.3030,136.3580
石川県,加賀市,加茂町,ワ,36.3033,136.3588
和歌山県,日高郡美浜町,大字和田,,33.8900,135.1300
福井県,三方郡美浜町,和田,,35.6000,135.9500
兵庫県,神戸市中央区,北長狭通一丁目,,34.6930,135.1920
兵庫県,神戸市灘区,摩耶山町,,34.7330,135.2060
茨城県,龍ヶ崎市,緑町,,35.9080,140.1820
岩手県,下閉伊郡山田町,山田,,39.4700,141.9500
岐阜県,高山市,山田町,,36.1700,137.2300
岐阜県,高山市,ガンド町,,36.1710,137.2310
愛媛県,八幡浜市,（大字なし）,新栄町,33.4620,132.4230
石川県,七尾市,奥原町,,37.0000,136.9000
石川県,七尾市,奥原町,十二,37.0010,136.9010
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """A gazetteer of a few towns."""
    folder = tmp_path_factory.mktemp("住所 辞書")
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    ("address", "level", "name", "tail"),
    [
        ("岐阜県高山市三之町12", "town", "岐阜県高山市三之町", "12"),
        ("髙山市三の町12番地", "town", "岐阜県高山市三之町", "12番地"),
        ("高山市３之町　１２－３", "town", "岐阜県高山市三之町", "１２－３"),
        ("〒506-0000 高山市一之宮町3795", "town", "岐阜県高山市一之宮町", "3795"),
        ("高山市八軒町1丁目5", "chome", "岐阜県高山市八軒町一丁目", "5"),
        ("高山市八軒町二丁目5番地", "chome", "岐阜県高山市八軒町二丁目", "5番地"),
        ("高山市八軒町1-5", "chome", "岐阜県高山市八軒町一丁目", "-5"),
        ("高山市八軒町9-5", "town", "岐阜県高山市八軒町", "9-5"),
        ("岐阜県高山市荘川町岩瀬字高野49-4", "koaza", "岐阜県高山市荘川町岩瀬高野", "49-4"),
        ("高山市大字上野100", "town", "岐阜県高山市上野", "100"),
        ("高山市旭が丘町1", "town", "岐阜県高山市旭ケ丘町", "1"),
        ("札幌市中央区北1条西3丁目2", "chome", "北海道札幌市中央区北一条西三丁目", "2"),
        ("札幌市中央区南1西5", "chome", "北海道札幌市中央区南一条西五丁目", ""),
        ("京都市中京区寺町通御池上る上本能寺前町488", "town", "京都府京都市中京区上本能寺前町", "488"),
        ("能登町宇出津新1字197番地1", "town", "石川県鳳珠郡能登町字宇出津", "新1字197番地1"),
        ("石川県鳳珠郡能登町字宇出津タ字46-1", "town", "石川県鳳珠郡能登町字宇出津", "タ字46-1"),
        ("加賀市加茂町ワ部5", "koaza", "石川県加賀市加茂町ワ", "部5"),
        ("八幡浜市新栄町12", "town", "愛媛県八幡浜市新栄町", "12"),
        ("七尾市奥原町12部3", "koaza", "石川県七尾市奥原町十二", "3"),
        ("茨城県龍﨑市緑町5", "town", "茨城県龍ヶ崎市緑町", "5"),
        ("高山市ｶﾞﾝﾄﾞ町5", "town", "岐阜県高山市ガンド町", "5"),
        ("高山市カ\u3099ント\u3099町5", "town", "岐阜県高山市ガンド町", "5"),
        ("山田町山田10", "town", "岩手県下閉伊郡山田町山田", "10"),
        ("高山市三之町地先", "town", "岐阜県高山市三之町", "地先"),
        ("高山市三之町10-14,10-15,10-18", "town", "岐阜県高山市三之町", "10-14,10-15,10-18"),
    ],
)
def test_addresses_are_matched_as_far_as_they_are_known(
    gazetteer: Gazetteer, address: str, level: str, name: str, tail: str
) -> None:
    """Level, name in the gazetteer's spelling, and the rest as it was written."""
    match = gazetteer.search(address)
    assert (match.level, match.name, match.tail) == (level, name, tail)
    assert match.is_sure and match.lon is not None and match.accuracy_m is not None


@pytest.mark.parametrize(
    ("address", "level", "name"),
    [
        ("高山市旭ヶ丘12", "town", "岐阜県高山市旭ケ丘町"),
        ("高山市丹生川町12", "district", "岐阜県高山市丹生川町"),
        ("高山市町方5", "town", "岐阜県高山市丹生川町町方"),
        ("岐阜県大野郡丹生川村大字町方5", "town", "岐阜県高山市丹生川町町方"),
        ("高山市ニツ屋5", "town", "岐阜県高山市二ツ屋"),
        ("高山市二屋5", "town", "岐阜県高山市二ツ屋"),
        ("高山市旭丘町5", "town", "岐阜県高山市旭ケ丘町"),
        ("高山市丹生川村町方5", "town", "岐阜県高山市丹生川町町方"),
        ("岐阜県高山市高山市三之町5", "town", "岐阜県高山市三之町"),
        ("高山市上野1-5", "chome", "岐阜県高山市上野一丁目"),
        ("七尾市奥原町12-3", "koaza", "石川県七尾市奥原町十二"),
        ("高山市三之町山王下5", "town", "岐阜県高山市三之町"),
    ],
)
def test_shortened_and_doubtful_addresses_are_matched_but_not_called_sure(
    gazetteer: Gazetteer, address: str, level: str, name: str
) -> None:
    """Left-out 町, former municipalities, look-alikes, two readings, a name that goes on."""
    match = gazetteer.search(address)
    assert (match.level, match.name, match.is_sure) == (level, name, False)


@pytest.mark.parametrize("address", ["高山市上丸町5", "高山市", "岐阜県高山市  飛騨の里"])
def test_an_unknown_town_is_not_guessed(gazetteer: Gazetteer, address: str) -> None:
    """The city is all that is claimed, and even that is not sure where a name stands behind it."""
    match = gazetteer.search(address)
    assert (match.level, match.name, match.is_sure) == ("city", "岐阜県高山市", match.tail == "")


def test_a_municipality_at_the_other_end_of_the_country_is_hardly_meant(gazetteer: Gazetteer) -> None:
    """山田町山田 is in Iwate; in an office elsewhere it is the office's own 山田町, or at least not sure."""
    own = gazetteer.search("山田町山田10", city="岐阜県高山市")
    assert (own.name, own.tail, own.is_sure) == ("岐阜県高山市山田町", "山田10", False)
    foreign = gazetteer.search("山田町山田10", city="茨城県龍ケ崎市")
    assert (foreign.name, foreign.is_sure) == ("岩手県下閉伊郡山田町山田", False)
    for named in ("下閉伊郡山田町山田10", "岩手県山田町山田10"):
        assert gazetteer.search(named, city="岐阜県高山市").is_sure


def test_a_town_of_several_cities_is_nowhere_without_context(gazetteer: Gazetteer) -> None:
    """The readings are listed; the office's prefecture decides."""
    match = gazetteer.search("美浜町和田1979")
    assert match.level == "none" and match.lon is None
    assert set(match.candidates) == {"和歌山県日高郡美浜町大字和田", "福井県三方郡美浜町和田"}
    assert gazetteer.search("美浜町和田1979", city="和歌山県").name == "和歌山県日高郡美浜町大字和田"
    nearest = gazetteer.search("美浜町和田1979", near=(136.0, 35.5))
    assert (nearest.name, nearest.is_sure) == ("福井県三方郡美浜町和田", False)


@pytest.mark.parametrize(
    "lot", ["2-18", "2－18", "2ー18", "2−18", "2‐18", "2の18", "２－１８", "2丁目18", "二丁目一八", "2丁目18番地"]
)
def test_all_kinds_of_dashes_and_numerals_mean_the_same_lot(gazetteer: Gazetteer, lot: str) -> None:
    """Whichever stroke was typed; names with numerals (三之町, 八軒町) are never taken apart."""
    match = gazetteer.search("高山市花里町" + lot)
    assert (match.level, match.name) == ("chome", "岐阜県高山市花里町二丁目")
    assert gazetteer.search("高山市三之町" + lot).name == "岐阜県高山市三之町"


@pytest.mark.parametrize(("city", "name"), [("岐阜県高山市", "岐阜県高山市清水町"), ("静岡県", "静岡県駿東郡清水町")])
@pytest.mark.parametrize("lot", ["1", ""])
def test_the_offices_own_town_goes_before_a_municipality_of_its_name(
    gazetteer: Gazetteer, city: str, name: str, lot: str
) -> None:
    """清水町 is both, and a municipality of two prefectures."""
    assert gazetteer.search("清水町" + lot, city=city).name == name


def test_addresses_without_a_city_are_found_by_the_office_or_by_their_names(gazetteer: Gazetteer) -> None:
    """Of wards, their city is enough."""
    assert gazetteer.search("花里町2-18", city="高山市").name == "岐阜県高山市花里町二丁目"
    assert gazetteer.search("花里町2-18").name == "岐阜県高山市花里町二丁目"
    assert gazetteer.search("中央区北長狭通1", city="神戸市").name == "兵庫県神戸市中央区北長狭通一丁目"


def test_the_city_of_a_table_is_told_by_its_towns(gazetteer: Gazetteer) -> None:
    """Or by the rows that name it."""
    assert gazetteer.context_of(["花里町2-18", "三之町5", "清水町1"]) == "岐阜県高山市"
    assert gazetteer.context_of(["加賀市加茂町ワ5", "加賀市加茂町8", "加茂町3"]) == "石川県加賀市"
    assert gazetteer.context_of(["あああ"]) is None
    assert gazetteer.context_of(["中央区北長狭通1", "中央区北長狭通1-2", "灘区摩耶山町2"]) == "兵庫県神戸市"


def test_a_chome_that_the_table_lacks_is_doubted(gazetteer: Gazetteer) -> None:
    """It lies beside those that are known, or is a mistake; where none is known, the table has none."""
    whole, ninth = (gazetteer.search(f"高山市八軒町{tail}") for tail in ("9-5", "9丁目5"))
    assert (ninth.name, ninth.tail, whole.is_sure, ninth.is_sure) == ("岐阜県高山市八軒町", "9丁目5", True, False)
    assert ninth.accuracy_m == pytest.approx(1.5 * (whole.accuracy_m or 0), abs=1)
    assert gazetteer.search("高山市一之宮町9丁目5").is_sure


def test_a_town_is_no_former_municipality(gazetteer: Gazetteer) -> None:
    """What it does not know of 三之町 is a part of it, and not the town of that name elsewhere in the city."""
    match = gazetteer.search("高山市三之町上野9")
    assert (match.name, match.is_sure) == ("岐阜県高山市三之町", False)


def test_every_character_of_an_address_is_either_matched_or_left(gazetteer: Gazetteer) -> None:
    """Nothing is lost, whatever was folded."""
    for address in (
        "髙山市　３之町　１２－３",
        "札幌市中央区北11条西3丁目",
        "高山市大字上野 第3号 100",
        "ｶﾅ",
        "",
        "高山市三之町" + "あ" * 999,
    ):
        match = gazetteer.search(address)
        assert match.matched + match.tail == address or match.matched.strip() + match.tail == address.strip()


def test_a_gazetteer_says_what_it_was_built_from(gazetteer: Gazetteer) -> None:
    """For the person who wonders how old it is."""
    assert gazetteer.info() == {"sources": "towns.csv", "built_at": "", "n_city": 15, "n_town": 35, "n_lot": 0}


def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path) -> None:
    """Another SQLite file, and none at all."""
    path = tmp_path / "other.sqlite"
    sqlite3.connect(path).execute("CREATE TABLE t (a)")
    with pytest.raises(SourceError) as caught:
        Gazetteer(path)
    assert "住所辞書" in caught.value.message.ja
    with pytest.raises(SourceError):
        Gazetteer(tmp_path / "absent.sqlite")


def test_a_table_with_unknown_columns_is_refused_and_the_old_gazetteer_stays(tmp_path: Path) -> None:
    """Its columns are named."""
    good, bad, path = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "gazetteer.sqlite"
    good.write_text(TOWNS, encoding="utf-8")
    bad.write_text("名称,備考\n消火栓,なし\n", encoding="cp932")
    build_gazetteer([good], path)
    before = path.read_bytes()
    with pytest.raises(SourceError) as caught:
        build_gazetteer([good, bad], path)
    assert "名称" in caught.value.message.ja
    assert path.read_bytes() == before and not list(tmp_path.glob("*.part"))


ISJ_TOWNS = (
    '"都道府県コード","都道府県名","市区町村コード","市区町村名","大字町丁目コード","大字町丁目名","緯度","経度","原典資料コード","大字・字・丁目区分コード"\n'
    '"21","岐阜県","21203","高山市","212030001001","花里町一丁目","36.131716","137.251776","0","3"\n'
)
ISJ_BLOCKS = (
    '"都道府県名","市区町村名","大字・丁目名","小字・通称名","街区符号・地番","座標系番号","Ｘ座標","Ｙ座標","緯度","経度","住居表示フラグ","代表フラグ","更新前履歴フラグ","更新後履歴フラグ"\n'
    '"岐阜県","高山市","花里町一丁目","","12","7","0","0","36.1320","137.2520","1","1","0","0"\n'
    '"岐阜県","高山市","花里町一丁目","","13","7","0","0","36.1325","137.2525","1","0","0","0"\n'
)


def test_national_tables_of_towns_and_blocks_are_read_from_their_archives(tmp_path: Path) -> None:
    """cp932, a name with a backslash; rows that only repeat a block are left out."""
    path = tmp_path / "21000-17.0b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("21000-17.0b\\21_2023.csv", ISJ_TOWNS.encode("cp932"))
        archive.writestr("21000-22.0a\\21_2023.csv", ISJ_BLOCKS.encode("cp932"))
    counts = build_gazetteer([path], tmp_path / "gazetteer.sqlite")
    assert counts == {"n_cities": 1, "n_towns": 1, "n_lots": 1}
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        block = gazetteer.search("高山市花里町1-12-3")
        assert (block.level, block.lon, block.lat, block.tail) == ("block", 137.252, 36.132, "-3")
        assert gazetteer.search("高山市花里町1丁目13番").level == "chome"


def test_tables_of_the_address_base_registry_are_joined(tmp_path: Path) -> None:
    """Names, points of towns, parcels and their points come in files of their own, in any order."""
    files = {
        "mt_town_pos.csv": "lg_code,machiaza_id,rep_lon,rep_lat\n212032,0001001,137.2518,36.1317\n",
        "mt_parcel_pos.csv": "lg_code,machiaza_id,prc_id,rep_lon,rep_lat\n212032,0001001,00012,137.2521,36.1319\n",
        "mt_parcel.csv": "lg_code,machiaza_id,prc_id,city,ward,oaza_cho,chome,koaza,prc_num1,prc_num2,prc_num3\n"
        "212032,0001001,00012,高山市,,花里町,一丁目,,728,2,\n212032,0001001,00013,高山市,,花里町,一丁目,,729,,\n",
        "mt_town.csv": "lg_code,machiaza_id,pref,county,city,ward,oaza_cho,chome,koaza\n"
        "212032,0001001,岐阜県,,高山市,,花里町,一丁目,\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    counts = build_gazetteer([tmp_path / name for name in files], tmp_path / "gazetteer.sqlite")
    assert counts == {"n_cities": 1, "n_towns": 1, "n_lots": 1}
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        parcel = gazetteer.search("高山市花里町一丁目728番地2")
        assert (parcel.level, parcel.lon, parcel.tail) == ("lot", 137.2521, "")
        town = gazetteer.search("高山市花里町一丁目730番地")
        assert (town.level, town.lon) == ("chome", 137.2518)


def test_blocks_are_read_with_either_name_of_the_column_of_towns(tmp_path: Path) -> None:
    """The published description and the published table differ in one character."""
    (tmp_path / "blocks.csv").write_text(ISJ_BLOCKS.replace("大字・丁目名", "大字・町丁目名"), encoding="cp932")
    counts = build_gazetteer([tmp_path / "blocks.csv"], tmp_path / "gazetteer.sqlite")
    assert (counts["n_towns"], counts["n_lots"]) == (1, 1)


def test_tables_of_the_registry_without_names_of_prefectures_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    """Parcels alone say no prefecture."""
    parcels = "lg_code,machiaza_id,prc_id,city,ward,oaza_cho,chome,koaza,prc_num1,prc_num2,prc_num3\n"
    parcels += "212032,0001001,00012,高山市,,花里町,一丁目,,い2,,\n"
    (tmp_path / "mt_parcel.csv").write_text(parcels, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        build_gazetteer([tmp_path / "mt_parcel.csv"], tmp_path / "gazetteer.sqlite")
    assert "mt_city" in caught.value.message.ja
    cities = "lg_code,pref,county,city,ward\n212032,岐阜県,,高山市,\n"
    points = "lg_code,machiaza_id,prc_id,rep_lon,rep_lat,rep_srid\n212032,0001001,00012,137.2521,36.1319,EPSG:6668\n"
    (tmp_path / "mt_city.csv").write_text(cities, encoding="utf-8")
    (tmp_path / "mt_parcel_pos.csv").write_text(points, encoding="utf-8")
    build_gazetteer(tmp_path.glob("*.csv"), tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        lot = gazetteer.search("高山市花里町一丁目い2番地")
        assert (lot.level, lot.lon, lot.tail) == ("lot", 137.2521, "")


def test_a_lot_far_from_its_town_is_not_believed(tmp_path: Path) -> None:
    """Registers hold parcels at the origin of a zone, tens of kilometres away."""
    far = ISJ_BLOCKS.replace("36.1320", "36.0000").replace("137.2520", "137.1667")
    (tmp_path / "towns.csv").write_text(ISJ_TOWNS, encoding="utf-8")
    (tmp_path / "blocks.csv").write_text(far, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv", tmp_path / "blocks.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        match = gazetteer.search("高山市花里町1-12")
        assert (match.level, match.lon, match.tail) == ("chome", 137.251776, "-12")


@pytest.mark.parametrize(
    ("address", "name", "tail"),
    [
        ("高山市荘川町岩瀬字知らぬ沖島2673", "岐阜県高山市荘川町岩瀬", "字知らぬ沖島2673"),
        ("能登町宇出津字知らぬ沖", "石川県鳳珠郡能登町字宇出津", "字知らぬ沖"),
    ],
)
def test_a_town_with_a_part_that_is_not_known_is_not_sure(
    gazetteer: Gazetteer, address: str, name: str, tail: str
) -> None:
    """The part may be an island miles off."""
    match = gazetteer.search(address)
    assert (match.name, match.tail, match.is_sure) == (name, tail, False)


def test_a_lot_in_kanji_leaves_a_town_sure(gazetteer: Gazetteer) -> None:
    """一八二番地の三 is a lot like 182-3."""
    match = gazetteer.search("高山市一之宮町一八二番地の三")
    assert (match.name, match.tail, match.is_sure) == ("岐阜県高山市一之宮町", "一八二番地の三", True)


def test_a_lot_of_two_digits_is_no_part_of_one_digit(gazetteer: Gazetteer) -> None:
    """奥原町12の4 is in part 12; 奥原町120 is a lot, and not lot 0 of part 12."""
    assert gazetteer.search("七尾市奥原町12の4").name == "石川県七尾市奥原町十二"
    match = gazetteer.search("七尾市奥原町120")
    assert (match.name, match.tail) == ("石川県七尾市奥原町", "120")


def test_a_former_village_goes_before_a_town_of_its_countys_name(tmp_path: Path) -> None:
    """大野郡丹生川村町方 is in Takayama, wherever else there is a town 大野."""
    towns = "pref,city,town,koaza,lat,lon\n岐阜県,高山市,丹生川町町方,,36.16,137.30\n佐賀県,有田町,大野,,33.2,129.9\n"
    (tmp_path / "towns.csv").write_text(towns, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as opened:
        assert opened.search("大野郡丹生川村大字町方88").name == "岐阜県高山市丹生川町町方"


@pytest.mark.parametrize("address", ["大野郡丹生川村大字町方88", "岐阜県大野郡丹生川村町方88番地"])
def test_a_former_village_is_found_in_the_offices_own_city(gazetteer: Gazetteer, address: str) -> None:
    """A ledger older than the merger names county and village; a person is asked, for the village is no more."""
    match = gazetteer.search(address, city="岐阜県高山市")
    assert (match.name, match.tail[:2], match.is_sure) == ("岐阜県高山市丹生川町町方", "88", False)
    assert gazetteer.search("大野郡白川村荻町88", city="岐阜県高山市").level == "none"


def test_a_town_of_several_cities_is_not_sure_for_having_a_part_of_that_number(tmp_path: Path) -> None:
    """末広町10 may be lot 10 in one city as well as 十丁目 in another."""
    towns = "pref,city,town,koaza,lat,lon\n北海道,釧路市,末広町十丁目,,42.9,144.3\n石川県,金沢市,末広町,,36.5,136.6\n"
    (tmp_path / "towns.csv").write_text(towns, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as opened:
        assert not opened.search("末広町10").is_sure
        assert opened.search("金沢市末広町10").is_sure


def test_residence_numbers_of_the_registry_are_found_below_their_block(tmp_path: Path) -> None:
    """13番18号: the number of the building has a point of its own; one that has none is placed by its block."""
    head = "lg_code,machiaza_id,blk_id"
    files = {
        "mt_town.csv": "lg_code,machiaza_id,pref,county,city,ward,oaza_cho,chome,koaza\n"
        "212032,0001001,岐阜県,,高山市,,花里町,一丁目,\n",
        "mt_town_pos.csv": "lg_code,machiaza_id,rsdt_addr_flg,rep_lon,rep_lat,rep_srid\n"
        "212032,0001001,1,137.2518,36.1317,EPSG:4612\n",
        "mt_rsdtdsp_blk.csv": f"{head},city,ward,oaza_cho,chome,koaza,blk_num\n"
        "212032,0001001,013,高山市,,花里町,一丁目,,13\n",
        "mt_rsdtdsp_blk_pos.csv": f"{head},rep_lon,rep_lat\n212032,0001001,013,137.2520,36.1320\n",
        "mt_rsdtdsp_rsdt.csv": f"{head},rsdt_id,rsdt2_id,city,ward,oaza_cho,chome,koaza,blk_num,rsdt_num,rsdt_num2\n"
        "212032,0001001,013,018,,高山市,,花里町,一丁目,,13,18,\n",
        "mt_rsdtdsp_rsdt_pos.csv": f"{head},rsdt_id,rsdt2_id,rep_lon,rep_lat\n"
        "212032,0001001,013,018,,137.2522,36.1322\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    counts = build_gazetteer([tmp_path / name for name in files], tmp_path / "gazetteer.sqlite")
    assert counts == {"n_cities": 1, "n_towns": 1, "n_lots": 2}
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        house = gazetteer.search("高山市花里町1丁目13番18号")
        assert (house.level, house.lon, house.tail) == ("lot", 137.2522, "")
        block = gazetteer.search("高山市花里町1丁目13番19号")
        assert (block.level, block.lon, block.tail) == ("block", 137.252, "番19号")


def test_a_town_that_sources_write_in_two_ways_is_one(tmp_path: Path) -> None:
    """Lots of a second source are found below the town of the first."""
    (tmp_path / "towns.csv").write_text(ISJ_TOWNS.replace("花里町一丁目", "三之町"), encoding="utf-8")
    (tmp_path / "blocks.csv").write_text(ISJ_BLOCKS.replace("花里町一丁目", "大字三ノ町"), encoding="utf-8")
    counts = build_gazetteer([tmp_path / "towns.csv", tmp_path / "blocks.csv"], tmp_path / "gazetteer.sqlite")
    assert counts["n_towns"] == 1
    with Gazetteer(tmp_path / "gazetteer.sqlite") as gazetteer:
        assert gazetteer.search("高山市三之町12").lon == 137.252


def test_towns_of_the_registry_without_positions_ask_for_the_file_that_holds_them(tmp_path: Path) -> None:
    """The registry keeps names and positions in two files; with names alone no address could be placed."""
    header = "lg_code,machiaza_id,pref,county,city,ward,oaza_cho,chome,koaza"
    (tmp_path / "mt_town.csv").write_text(f"{header}\n212032,0001000,岐阜県,,高山市,,花岡町,,\n", encoding="utf-8")
    with pytest.raises(SourceError, match="_pos"):
        build_gazetteer([tmp_path / "mt_town.csv"], tmp_path / "gazetteer.sqlite")
    assert not (tmp_path / "gazetteer.sqlite").exists()


def test_a_former_village_of_the_office_goes_before_a_village_elsewhere(tmp_path: Path) -> None:
    """朝日村 is a village of Nagano, but it has no 万石; the office's city has 朝日町万石."""
    rows = (
        "pref,city,town,koaza,lat,lon",
        "岐阜県,高山市,朝日町万石,,36.07,137.35",
        "長野県,朝日村,古見,,36.12,137.86",
    )
    towns = "\n".join(rows)
    (tmp_path / "towns.csv").write_text(towns, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as opened:
        match = opened.search("朝日村万石250", city="岐阜県高山市")
        assert (match.name, match.tail, match.is_sure) == ("岐阜県高山市朝日町万石", "250", False)
        assert opened.search("朝日村古見12", city="岐阜県高山市").name == "長野県朝日村古見"
