"""The recipes of an office: TOML files in the folder `recipes` of its workspace."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gis_capture.errors import CaptureError, RecipeError
from gis_capture.ledger import Reading, read_ledger
from gis_capture.ledger.recipes.files import SUFFIX, read_recipe, write_recipe
from gis_capture.ledger.recipes.fitting import find_misfits
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.text import Text

_UNUSABLE = re.compile(r'[\x00-\x1f<>:"/\\|?*]|^\.+|\.+$')
_MAX_NAME = 80
_MAX_BYTES_READ_AGAIN = 5 << 20
_MAX_READ_AGAIN = 20


@dataclass(frozen=True, slots=True)
class RecipeFolder:
    """The folder of the recipes; it is made when the first one is kept."""

    path: Path

    def names(self) -> list[str]:
        """Names of all recipes, sorted."""
        return sorted(file.stem for file in self.path.glob(f"*{SUFFIX}"))

    def read(self, name: str) -> Recipe:
        """Reads a recipe by its name.

        Raises:
            RecipeError: There is none of that name, or it holds mistakes.
        """
        if name not in self.names():
            listed = "、".join(self.names()[:20]) or "-"
            raise RecipeError(
                Text(
                    f"「{name}」というレシピはありません。あるのは：{listed}",
                    f'There is no recipe "{name}"; there are: {listed}',
                ),
                path=self.path,
            )
        return read_recipe(self.path / f"{name}{SUFFIX}")

    def keep(self, recipe: Recipe, name: str) -> str:
        """Keeps a recipe; one of the same name is replaced. Gives the name as it stands in the folder."""
        name = _UNUSABLE.sub("_", name.strip())[:_MAX_NAME].strip() or "recipe"
        self.path.mkdir(exist_ok=True)
        unfinished = self.path / f"{name}.unfinished"
        write_recipe(recipe, unfinished)
        os.replace(unfinished, self.path / f"{name}{SUFFIX}")
        return name

    def fitting(self, reading: Reading) -> list[str]:
        """Names of the recipes that fit a source, those that say most of it first; broken ones are passed over."""
        found: list[tuple[int, str]] = []
        n_again = 0
        for name in self.names():
            with suppress(CaptureError):
                recipe = read_recipe(self.path / f"{name}{SUFFIX}")
                fits = not recipe.forms and not find_misfits(reading, recipe)
                # A forced encoding, a stated header or a form shows only when the source is read by the recipe.
                is_small = reading.source.path.is_file() and reading.source.path.stat().st_size <= _MAX_BYTES_READ_AGAIN
                if not fits and is_small and n_again < _MAX_READ_AGAIN:
                    n_again += 1
                    fits = not find_misfits(read_ledger(reading.source.path, recipe=recipe), recipe)
                if fits:
                    n_columns = sum(len(rule.columns) for rule in recipe.tables)
                    found.append((n_columns + sum(len(form.values) for form in recipe.forms), name))
        return [name for _, name in sorted(found, key=lambda pair: (-pair[0], pair[1]))]
