"""What a workspace does with ledgers: looks into them, brings them in, brings in the next version, takes them back."""

import functools
import shutil
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import Any

from gis_capture.convert import (
    Conversion,
    ConvertedSource,
    Inspection,
    Undo,
    convert,
    convert_source,
    convert_sources,
    inspect_source,
    undo_import,
)
from gis_capture.convert.imports import refuse_followed, together
from gis_capture.convert.parts import Wanted, names_of
from gis_capture.convert.photo_track import PhotoTrack, read_kept_track
from gis_capture.convert.placed import Positions
from gis_capture.convert.positions import position_rows
from gis_capture.convert.recipes import make_form_recipe, make_recipe
from gis_capture.convert.source import said_of
from gis_capture.ledger import Limits, Table, hash_source, limits_of
from gis_capture.ledger.columns import GENERIC_KEY
from gis_capture.ledger.recipes.files import parse_recipe
from gis_capture.ledger.recipes.recipe import PlaceRule, Recipe
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer
from gis_capture.locate.plane import Beside
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer
from gis_capture.store.protocol import Store
from gis_capture.sync.office import Office
from gis_capture.workspace.folder import Folder
from gis_capture.workspace.key_layers import read_key_layer
from gis_capture.workspace.placed_box import placed_box
from gis_capture.workspace.recipes import RecipeFolder
from gis_capture.workspace.reimport import (
    ListedRow,
    Reimport,
    combine,
    decide_rows,
    open_rows,
    prepare_all,
    undo_reimport,
    write_all,
)
from gis_capture.workspace.sources import keep_source


class Ledgers:
    """The part of `Workspace` that knows of ledgers; its attributes are described there."""

    folder: Folder
    store: Store
    clock: Callable[[], str]
    new_id: Callable[[], str]

    @abstractmethod
    def known_layers(self) -> tuple[Layer, ...]:
        """All definitions, and the layers of the store that have none."""

    @abstractmethod
    def known_layer(self, key: str) -> Layer:
        """Finds a layer by its key."""

    @abstractmethod
    def office(self, author: str = "") -> Office:
        """A person at the office."""

    @abstractmethod
    def imports(self) -> list[dict[str, Any]]:
        """All imports, newest first."""

    @property
    def limits(self) -> Limits:
        """How large a ledger may be."""
        return limits_of(self.folder.settings)

    def inspect(self, path: Path | str, *, recipe: Recipe | None = None, layout: Path | None = None) -> Inspection:
        """Tells what is in a source and which layer it fits; writes nothing.

        Args:
            path: The source.
            recipe: How the source is read.
            layout: How records of a fixed length are cut; None = a layout beside the source, or none.

        Raises:
            SourceError: The source cannot be read.
        """
        with self._gazetteer() as gazetteer:
            return inspect_source(
                Path(path),
                layers=self.known_layers(),
                limits=self.limits,
                recipe=recipe,
                layout=layout,
                grids_dir=self.folder.grids_dir,
                gazetteer=gazetteer,
                gaiji=self.folder.gaiji(),
                beside=self._beside(),
            )

    @property
    def recipes(self) -> RecipeFolder:
        """The recipes of the office."""
        return RecipeFolder(self.folder.recipes_dir)

    def make_recipe(
        self,
        inspection: Inspection,
        *,
        name: str = "",
        layer: str | None = None,
        table: Wanted = None,
        crs: str | None = None,
        matches: Mapping[str, str | None] | None = None,
        said: Said = NOTHING_SAID,
        place_by: PlaceRule | None = None,
    ) -> Recipe:
        """Writes down how a source was read and where its rows go, for the next one of its shape.

        Raises:
            LayerError: The layer or a field is not known.
        """
        chosen = self.known_layer(layer or inspection.layer_key)
        return make_recipe(
            inspection.reading,
            chosen,
            layers=self.known_layers(),
            name=name,
            table=table,
            crs=crs,
            matches=matches,
            said=said,
            place_by=place_by,
        )

    def make_form_recipe(self, inspection: Inspection, *, name: str = "") -> Recipe:
        """Makes the template of forms of which each sheet is one record.

        Raises:
            SourceError: No sheet is such a form.
        """
        return make_form_recipe(inspection.reading, self.known_layers(), name=name)

    def position(
        self,
        table: Table,
        layer: Layer,
        *,
        crs: str | None = None,
        said: Said = NOTHING_SAID,
        place_by: str | None = None,
        against: Sequence[str] = (),
        place_column: str = "",
        recipe: Recipe | None = None,
        track: PhotoTrack | None = None,
    ) -> Positions:
        """Tells where the rows of a table would lie; writes nothing. The arguments are those of `convert`.

        Raises:
            CRSError: `crs` is not known.
            LayerError: A layer or column to place by is not known.
        """
        rule = recipe.rule_for(table.sheet, [column.name for column in table.columns]) if recipe else None
        rules = rule.pair([column.name for column in table.columns]) if rule else {}
        if recipe is not None:
            said, crs = said.over(Said(notation=recipe.notation)), crs or recipe.crs
        with self._gazetteer() as gazetteer:
            return position_rows(
                table,
                layer,
                crs=crs,
                grids_dir=self.folder.grids_dir,
                gazetteer=gazetteer,
                against=self._key_layer(place_by, against, place_column, recipe),
                said=said_of(table, rules, said),
                track=track,
                beside=self._beside(),
            )

    def _key_layer(self, way: str | None, layers: Sequence[str], column: str, recipe: Recipe | None) -> KeyLayer | None:
        """The layers to place rows against, as a person says, else as the recipe does."""
        if not way and recipe is not None and recipe.place_by:
            way, layers, column = recipe.place_by.way, recipe.place_by.against, recipe.place_by.column
        return read_key_layer(self.store, way, layers, column=column) if way else None

    def convert(
        self,
        path: Path | str,
        *,
        layer: str | None = None,
        table: Wanted = None,
        crs: str | None = None,
        matches: Mapping[str, str | None] | None = None,
        layout: Path | None = None,
        author: str = "",
        import_id: str | None = None,
        is_dry_run: bool = False,
        is_repeat_allowed: bool = False,
        is_list: bool = False,
        on_progress: Callable[[float], None] | None = None,
        recipe: Recipe | None = None,
        place_by: str | None = None,
        against: Sequence[str] = (),
        place_column: str = "",
        said: Said = NOTHING_SAID,
        track: PhotoTrack | None = None,
    ) -> Conversion:
        """Brings every ledger of a source in, all of it or nothing; a copy of the source is kept.

        Args:
            path: The source.
            layer: Key of the layer of the main table and its like; None = the one that fits best. Ledgers of other
                columns go into layers of their own.
            table: Names of the only tables or sheets to take; None = every ledger.
            crs: CRS of the coordinates, "EPSG:6675", where the source does not say or says it wrongly.
            matches: Field names by column name; None leaves a column out.
            layout: How records of a fixed length are cut; a copy is kept beside that of the source.
            author: Name of the person who imports.
            import_id: Id to keep the import under.
            is_dry_run: Nothing is written.
            is_repeat_allowed: A source that was imported before is imported again.
            is_list: Sheets that seem to be forms of one record each are read as tables all the same.
            on_progress: Called with the share that is done, 0 to 1.
            recipe: How the source is read and where it goes; `layer`, `crs` and `matches` come before it.
            place_by: How rows without coordinates are placed: "parcel", "chainage", "reference" or "name".
            against: Keys of the layers that hold the parcels, the routes and posts, the features.
            place_column: Where the ledger says it; "" = found by the headers.
            said: What a person says of the columns of the position.
            track: Places photos without a position by when they were taken, as `read_track` reads it.

        Raises:
            RecipeError: The recipe does not fit the source; nothing was changed.
            SourceError: The source cannot be read, seems to be forms, or was imported before.
            LayerError: The layer, a field or the CRS is not known.
            StoreError: The store cannot be written.
        """
        source = Path(path)
        chosen = self.known_layer(
            layer
            or (recipe and recipe.layer)
            or self._best_layer(source, next(iter(names_of(table)), None), layout, apart_from=against)
        )
        with (
            nullcontext(source) if is_dry_run else self._kept(source, layout, track) as readable,
            self._gazetteer() as gazetteer,
        ):
            return convert(
                readable,
                layer=chosen,
                layers=self.known_layers(),
                store=self.store,
                author=author,
                clock=self.clock,
                new_id=self.new_id,
                import_id=import_id,
                table=table,
                crs=crs,
                matches=matches,
                layout=layout if is_dry_run else None,
                is_dry_run=is_dry_run,
                is_repeat_allowed=is_repeat_allowed,
                is_list=is_list,
                on_progress=on_progress,
                grids_dir=self.folder.grids_dir,
                limits=self.limits,
                gazetteer=gazetteer,
                recipe=recipe,
                gaiji=self.folder.gaiji(),
                against=self._key_layer(place_by, against, place_column, recipe),
                said=said,
                track=track,
                beside=self._beside(),
            )

    def reimport(
        self,
        path: Path | str,
        *,
        layer: str | None = None,
        base: str | None = None,
        key: Sequence[str] = (),
        table: Wanted = None,
        crs: str | None = None,
        matches: Mapping[str, str | None] | None = None,
        layout: Path | None = None,
        author: str = "",
        import_id: str | None = None,
        is_dry_run: bool = False,
        on_progress: Callable[[float], None] | None = None,
        recipe: Recipe | None = None,
        place_by: str | None = None,
        against: Sequence[str] = (),
        place_column: str = "",
        said: Said = NOTHING_SAID,
        track: PhotoTrack | None = None,
    ) -> Reimport:
        """Brings the next version of a ledger into its layer: only what it says otherwise than the last one.

        Rows are matched by key. What somebody has edited since stays; where the ledger changed it too, both values are
        in a conflict record. Rows that are gone, or whose partner is not certain, change nothing: they are listed.

        Args:
            path: The source.
            layer: Key of the layer; None = the one that fits best.
            base: Id of the import to compare with; None = the one that shares most keys.
            key: Columns or fields to match rows by; () = the key of the layer, else the column that does it best.
            table: Names of the only tables or sheets to take; None = every ledger.
            crs: CRS of the coordinates, where the source does not say or says it wrongly.
            matches: Field names by column name; None leaves a column out.
            layout: How records of a fixed length are cut; a copy is kept beside that of the source.
            author: Name of the person who imports.
            import_id: Id to keep the import under.
            is_dry_run: Nothing is written; the result tells what would change.
            on_progress: Called with the share that is done, 0 to 1.
            recipe: How the source is read and where it goes; `layer`, `crs` and `matches` come before it.
            place_by: How rows without coordinates are placed: "parcel", "chainage", "reference" or "name".
            against: Keys of the layers that hold the parcels, the routes and posts, the features.
            place_column: Where the ledger says it; "" = found by the headers.
            said: What a person says of the columns of the position.
            track: Places photos without a position, as in `convert`.

        Raises:
            SourceError: The source cannot be read, goes on with no import, or its key is doubtful.
            LayerError: The layer, a column or the CRS is not known.
            StoreError: The store cannot be written.
        """
        source = Path(path)
        chosen = self.known_layer(layer or (recipe and recipe.layer) or self._best_layer(source, table, layout))
        with (
            nullcontext(source) if is_dry_run else self._kept(source, layout, track) as readable,
            self._gazetteer() as gazetteer,
        ):
            sources = convert_sources(
                readable,
                chosen,
                layers=self.known_layers(),
                stored=self.store.layers(),
                table=table,
                crs=crs,
                matches=matches,
                layout=layout if is_dry_run else None,
                on_progress=on_progress,
                grids_dir=self.folder.grids_dir,
                limits=self.limits,
                gazetteer=gazetteer,
                recipe=recipe,
                gaiji=self.folder.gaiji(),
                against=self._key_layer(place_by, against, place_column, recipe),
                said=said,
                track=track,
                beside=self._beside(),
            )
            prepared = prepare_all(sources, self.store, base=base, key=key, is_dry_run=is_dry_run)
            if is_dry_run:
                return combine([one.reimport for one in prepared])
            return write_all(
                prepared,
                self.store,
                import_id=import_id or self.new_id(),
                author=author,
                clock=self.clock,
                new_id=self.new_id,
            )

    def open_rows(self, import_id: str) -> tuple[ListedRow, ...]:
        """The rows of a re-import on which a person decides: removed, renumbered, without a certain partner.

        Raises:
            StoreError: There is no such import.
        """
        return open_rows(self.store, import_id)

    def decide_rows(
        self, import_id: str, decisions: Sequence[Mapping[str, Any]], *, author: str = "", note: str = ""
    ) -> int:
        """Carries out what a person has decided on such rows, in one revision; gives how many were decided.

        Args:
            import_id: Of the re-import that lists them.
            decisions: `{"table", "row", "take", "kind"?}`, `take` one of what the row offers.
            author: Who decides.
            note: Why.

        Raises:
            StoreError: No such import or row, or it cannot be decided like that.
            SourceError: The copy of the source is not there, from which a row has to be read.
        """
        office = self.office(author)
        return decide_rows(office, import_id, decisions, read_source=self._read_again, note=note)

    def _read_again(self, record: Mapping[str, Any], layer: Layer) -> ConvertedSource:
        path = self.folder.sources_dir / str(record["sha256"]) / str(record["source_name"])
        given = dict(record.get("given") or {})
        if given.get("recipe"):
            given["recipe"] = parse_recipe(given["recipe"])
        if given.get("said"):
            given["said"] = Said.from_json(given["said"])
        if placed := record.get("placed_by"):
            given["against"] = read_key_layer(self.store, placed["way"], placed["layers"], column=placed["column"])
        track = read_kept_track(record.get("track") or {}, self.folder.sources_dir, limits=self.limits)
        with self._gazetteer() as gazetteer:
            return convert_source(
                path,
                layer,
                table=tuple(record.get("tables") or ()) or None,
                **given,
                track=track,
                beside=self._beside(),
                gaiji=self.folder.gaiji(),
                grids_dir=self.folder.grids_dir,
                limits=self.limits,
                gazetteer=gazetteer,
            )

    def _beside(self) -> Beside:
        """Looks where things are once, when something is asked that this tells."""
        return functools.cache(functools.partial(placed_box, self.store))

    def _gazetteer(self) -> AbstractContextManager[Gazetteer | None]:
        path = self.folder.gazetteer_path
        return Gazetteer(path, home=self.folder.city) if path.is_file() else nullcontext()

    @contextmanager
    def _kept(self, source: Path, layout: Path | None, track: PhotoTrack | None) -> Iterator[Path]:
        """Gives the copy of a source and keeps those of its tracks; where the block fails, only what imports name."""
        copy = keep_source(source, self.folder.sources_dir, layout=layout, new_id=self.new_id)
        try:
            for path in track.paths if track else ():
                keep_source(path, self.folder.sources_dir, new_id=self.new_id)
            yield copy
        except BaseException:
            records = list(self.imports())
            named = {record.get("sha256") for record in records}
            named.update(chain.from_iterable((record.get("track") or {}).get("sha256", ()) for record in records))
            kept = {sha256: self.folder.sources_dir / sha256 for sha256 in (track.sha256 if track else ())}
            for sha256, folder in {**kept, hash_source(copy): copy.parent}.items():
                if sha256 not in named:
                    shutil.rmtree(folder, ignore_errors=True)
            raise

    def _best_layer(self, source: Path, table: Wanted, layout: Path | None, *, apart_from: Sequence[str] = ()) -> str:
        """The layer that fits best; what rows are placed against is never where they go by a guess."""
        inspection, names = self.inspect(source, layout=layout), names_of(table)
        chosen = [found for found in inspection.tables if {found.table.name, found.table.sheet}.intersection(names)]
        largest = max(chosen, key=lambda found: len(found.table.row_numbers), default=None)
        key = largest.layer_key if largest else inspection.layer_key
        return GENERIC_KEY if key in apart_from else key

    def undo_import(self, import_id: str, *, author: str = "") -> Undo:
        """Takes the features of an import out again, except those that somebody has edited since.

        Where the file went into several layers, all of them are undone. Of a re-import, the fields that it changed
        get their former values back.

        Raises:
            StoreError: There is no such import, or a later version of its ledger is on top of it.
        """
        records = together(self.store, import_id)
        if not records[0].get("updates"):
            return undo_import(self.store, import_id, author=author, clock=self.clock)
        for record in records:
            refuse_followed(self.store, record)
        return functools.reduce(Undo.__add__, [undo_reimport(self.office(author), record) for record in records])
