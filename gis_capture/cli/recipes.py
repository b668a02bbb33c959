"""Finds the recipe a person names."""

from pathlib import Path

from gis_capture.ledger.recipes.files import SUFFIX, read_recipe
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.workspace import Workspace


def find_recipe(named: str, workspace: Workspace | None) -> Recipe:
    """Reads a recipe: a file, or a name in the folder `recipes` of the workspace.

    Raises:
        RecipeError: There is none, or it holds mistakes.
    """
    path = Path(named)
    if workspace is not None and not path.is_file() and path.suffix != SUFFIX:
        return workspace.recipes.read(named)
    return read_recipe(path)
