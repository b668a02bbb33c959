"""Recipes: what was decided about one ledger is kept, and holds for the next one of its shape."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import RecipeError
from gis_capture.ledger import Reading, Table, codes, read_ledger
from gis_capture.ledger.recipes.files import format_recipe, parse_recipe, read_recipe
from gis_capture.ledger.recipes.fitting import find_misfits, fit_recipe
from gis_capture.ledger.recipes.recipe import MERGED_NUMBERS, ColumnRule, Recipe, TableRule
from tests.ledger.conftest import Rows, column, names, only_table

ReadBook = Callable[..., Reading]
LAMPS: Rows = [["番号", "地区", "面積", "備考"], ["1", "東", 10, "古い"], ["2", "西", 20, None], ["3", "北", 30, None]]
COLUMNS = ("番号", "地区", "面積", "備考")


def recipe_of(*columns: ColumnRule, **rule: object) -> Recipe:
    """A recipe of one table; columns that are not given are as usual."""
    given = {column.name: column for column in columns}
    rules = tuple(given.get(name, ColumnRule(name)) for name in COLUMNS)
    return Recipe(name="灯", tables=(TableRule(rules, **rule),))  # type: ignore[arg-type]


def write_book(path: Path, rows: Rows, merges: tuple[str, ...] = (), sheet: str = "台帳") -> Path:
    """Writes rows as a workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for merge in merges:
        page.merge_cells(merge)
    book.save(path)
    return path


def read_by(recipe: Recipe, path: Path) -> Table:
    """Reads the only table of a file by a recipe that fits."""
    return fit_recipe(read_ledger(path, recipe=recipe), recipe)[0][0]


word = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
columns = st.builds(
    ColumnRule,
    name=word,
    position=st.sampled_from(("", "A", "AB")),
    field=st.none(),
    type=st.sampled_from((None, "text", "integer", "date")),
    era=st.sampled_from((None, "昭和", "S")),
    unit=st.sampled_from((None, "mm")),
    merged_number=st.sampled_from((None, *MERGED_NUMBERS)),
    ditto=st.booleans(),
    blank_means_above=st.booleans(),
    is_optional=st.booleans(),
)
tables = st.builds(
    TableRule,
    columns=st.lists(columns, min_size=1, max_size=5, unique_by=lambda rule: rule.name).map(tuple),
    sheet=st.one_of(st.none(), word),
    header_rows=st.sampled_from(((), (3,), (3, 4))),
    first_data_row=st.sampled_from((None, 6)),
    section_column=st.one_of(st.none(), word),
)


@given(st.builds(Recipe, name=word, layer=st.sampled_from((None, "street_light")), tables=st.tuples(tables)))
def test_what_is_written_is_read_back(recipe: Recipe) -> None:
    """The file holds the whole recipe, whatever the names are."""
    assert parse_recipe(format_recipe(recipe)) == recipe


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('merged_number = "thrice"', "merged_number"),
        ('type = "colour"', "type"),
        ('era = "江戸"', "era"),
        ("ditto = 1", "ditto"),
        ('color = "red"', "color"),
        ("name = 5", "name"),
    ],
)
def test_a_mistake_in_a_recipe_is_told_with_its_place(line: str, told: str) -> None:
    """Table, column and key are named, in both languages."""
    name = "" if line.startswith("name") else 'name = "番号"\n'
    text = f'format = "gis-capture.recipe/v1"\n[[tables]]\n[[tables.columns]]\n{name}{line}\n'
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, name="r.toml")
    for words in (caught.value.message.ja, caught.value.message.en):
        assert "r.toml" in words and f"tables[1].columns[1].{told}" in words


@pytest.mark.parametrize("text", ["", "format = 3", 'format = "gis-capture.recipe/v9"', "[[[", "x = " + "[" * 5000])
def test_what_is_no_recipe_is_refused(text: str) -> None:
    """Another format, a newer one, and what is no TOML at all."""
    with pytest.raises(RecipeError):
        parse_recipe(text)


def test_a_missing_recipe_is_told(tmp_path: Path) -> None:
    """The file's name stands in the message."""
    with pytest.raises(RecipeError, match=r"gone\.toml"):
        read_recipe(tmp_path / "gone.toml")


@pytest.mark.parametrize(
    ("decision", "values", "told"),
    [
        (None, ["10", None, "30"], "warning"),
        ("ask", ["10", None, "30"], "warning"),
        ("first", ["10", None, "30"], "info"),
        ("repeat", ["10", "10", "30"], "info"),
        ("split", ["5", "5", "30"], "info"),
    ],
)
def test_a_merged_number_is_what_the_recipe_says(
    tmp_path: Path, decision: str | None, values: list[str | None], told: str
) -> None:
    """It never counts twice unless a person says so; undecided, each cell is a problem."""
    rows: Rows = [LAMPS[0], ["1", "東", 10, None], ["2", "西", None, None], ["3", "北", 30, None]]
    path = write_book(tmp_path / "b.xlsx", rows, ("C2:C3",))
    table = read_by(recipe_of(ColumnRule("面積", merged_number=decision)), path)  # type: ignore[arg-type]
    assert column(table, "面積") == values
    of_merge = [p for p in (*table.problems, *table.notes) if p.column == "面積"]
    assert {problem.severity for problem in of_merge} == {told}


@pytest.mark.parametrize("number", ["10", "10.5", "1", "-7", "0.01", "1,000"])
@pytest.mark.parametrize("n_rows", [2, 3, 7])
def test_shares_of_a_divided_number_add_up(tmp_path: Path, number: str, n_rows: int) -> None:
    """To the last digit, also where it cannot be divided evenly."""
    from decimal import Decimal

    rows = [
        LAMPS[0],
        *([str(n), "東", number if n == 0 else None, None] for n in range(n_rows)),
        ["9", "西", "3", None],
    ]
    path = write_book(tmp_path / "b.xlsx", rows, (f"C2:C{n_rows + 1}",))
    shares = column(read_by(recipe_of(ColumnRule("面積", merged_number="split")), path), "面積")[:n_rows]
    assert sum(Decimal(share or "nan") for share in shares) == Decimal(number.replace(",", ""))


def test_blanks_mean_the_value_above_where_the_recipe_says_so(tmp_path: Path) -> None:
    """Up to the next section; without the recipe they stay blank."""
    rows: Rows = [
        LAMPS[0],
        ["1", "東", 10, None],
        ["2", None, 20, None],
        ["小計", None, 30, None],
        ["3", None, 5, None],
    ]
    path = write_book(tmp_path / "b.xlsx", rows)
    table = read_by(recipe_of(ColumnRule("地区", blank_means_above=True)), path)
    assert column(table, "地区") == ["東", "東", None]
    assert codes.BLANK_FILLED in [note.code for note in table.notes]
    assert column(read_by(recipe_of(), path), "地区") == ["東", None, None]


def test_dittos_stay_where_the_recipe_says_so(tmp_path: Path) -> None:
    """々 in a column of names may be a name."""
    path = write_book(
        tmp_path / "b.xlsx", [LAMPS[0], ["1", "東", 10, "々"], ["2", "〃", 20, "々"], ["3", "北", 30, "済"]]
    )
    table = read_by(recipe_of(ColumnRule("備考", ditto=False)), path)
    assert column(table, "地区") == ["東", "東", "北"]
    assert column(table, "備考") == ["々", "々", "済"]


def test_the_next_file_may_stand_elsewhere(tmp_path: Path) -> None:
    """Another title, more rows, columns in another order, a name in full width: it is the same ledger."""
    rows: Rows = [
        ["令和7年度 街路灯台帳"],
        [None],
        ["地区", "番号", "面積", "備　考"],
        ["東", "7", 10, None],
        ["西", "8", 20, None],
    ]
    path = write_book(tmp_path / "b.xlsx", rows)
    reading = read_ledger(path, recipe=recipe_of(header_rows=(1,)))
    assert find_misfits(reading, recipe_of(header_rows=(1,))) == []


def test_what_does_not_fit_is_told_by_its_cell(tmp_path: Path) -> None:
    """Sheet and cell, what was expected there and what stands there."""
    path = write_book(tmp_path / "b.xlsx", [["番号", "区域", "面積"], ["1", "東", 10], ["2", "西", 20]])
    rules = tuple(ColumnRule(name, position) for name, position in zip(COLUMNS, "ABCD", strict=True))
    recipe = Recipe(name="灯", tables=(TableRule(rules),))
    with pytest.raises(RecipeError) as caught:
        fit_recipe(read_ledger(path, recipe=recipe), recipe)
    assert "台帳!B1：「地区」のはずが「区域」です" in caught.value.message.ja
    assert 'expected "備考", found nothing' in caught.value.message.en


def test_a_sheet_that_is_gone_is_told(tmp_path: Path) -> None:
    """With the names of those that are there; "*" stands for what changes every year."""
    path = write_book(tmp_path / "b.xlsx", LAMPS, sheet="R7街路灯")
    assert find_misfits(read_ledger(path), recipe_of(sheet="R*街路灯")) == []
    (misfit,) = find_misfits(read_ledger(path), recipe_of(sheet="消火栓"))
    assert (misfit.expected, misfit.found) == ("消火栓", "R7街路灯")


def test_an_optional_column_may_be_missing(tmp_path: Path) -> None:
    """The others may not."""
    path = write_book(tmp_path / "b.xlsx", [row[:3] for row in LAMPS])
    assert find_misfits(read_ledger(path), recipe_of(ColumnRule("備考", is_optional=True))) == []
    assert len(find_misfits(read_ledger(path), recipe_of())) == 1


def test_a_stated_header_counts_where_looking_finds_another(tmp_path: Path) -> None:
    """A person who knows better than the reader writes the rows into the recipe."""
    rows: Rows = [
        ["1", "2", "3", "4"],
        ["あ", "い", "う", "え"],
        ["5", "6", "7", "8"],
        ["か", "き", "く", "け"],
        ["9", "1", "2", "3"],
    ]
    path = write_book(tmp_path / "b.xlsx", rows)
    rules = tuple(ColumnRule(name) for name in "あいうえ")
    recipe = Recipe(name="x", tables=(TableRule(rules, header_rows=(2,), first_data_row=3),))
    table = read_by(recipe, path)
    assert (table.header_rows, names(table)) == ((2,), list("あいうえ"))
    assert table.row_numbers[0] == 3


def test_sections_get_the_name_of_the_recipe(tmp_path: Path) -> None:
    """Titles of groups become the attribute that a person named."""
    rows: Rows = [LAMPS[0], ["■東地区"], ["1", "東", 10, "x"], ["■西地区"], ["2", "西", 20, "y"], ["3", "西", 30, "z"]]
    path = write_book(tmp_path / "b.xlsx", rows)
    table = read_by(recipe_of(section_column="区域"), path)
    assert column(table, "区域") == ["■東地区", "■西地区", "■西地区"]


def test_a_forced_encoding_is_used(tmp_path: Path) -> None:
    """Where the bytes are those of another encoding as well."""
    path = tmp_path / "b.csv"
    path.write_bytes("番号,地区,面積,備考\n1,ｱｲ,3,x\n".encode("cp932"))
    recipe = Recipe(name="x", encoding="cp932", tables=recipe_of().tables)
    assert read_ledger(path, recipe=recipe).source.encoding == "cp932"


def test_same_as_left_is_the_value_on_the_left(read_book: ReadBook) -> None:
    """同左 and its spellings; at the left end there is nothing to repeat."""
    rows: Rows = [
        ["番号", "所在地", "連絡先住所", "電話"],
        ["1", "本町", "同左", "1"],
        ["2", "〃", "左に同じ", "2"],
        ["同左", "東", "西", "3"],
    ]
    table = only_table(read_book(rows))
    assert column(table, "連絡先住所") == ["本町", "本町", "西"]
    assert [p.cell for p in table.problems if p.code == codes.DITTO_WITHOUT_ABOVE] == ["台帳!A4"]
