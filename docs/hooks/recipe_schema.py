"""The dataclasses of a recipe → `train/recipes/recipe.schema.json`, by which editors complete and check recipes.

`python docs/hooks/recipe_schema.py` writes it anew; a test holds it to the code. Editors that know Taplo find it by the
line `#:schema recipe.schema.json` at the top of a recipe.
"""

import ast
import json
from pathlib import Path
from typing import Any

from dateline_train.recipe import Recipe
from pydantic import TypeAdapter
from recipe_reference import SOURCE, keys_of

TARGET = SOURCE.parent.parent / "recipes" / "recipe.schema.json"


def recipe_schema() -> str:
    """JSON Schema of a recipe, with the meaning of each key."""
    schema = TypeAdapter(Recipe).json_schema()
    source = SOURCE.read_text(encoding="utf-8")
    for section in ast.parse(source).body:
        if isinstance(section, ast.ClassDef):
            described: dict[str, Any] = schema if section.name == "Recipe" else schema["$defs"].get(section.name, {})
            for key in keys_of(section, source.split("\n")):
                if key.meaning:
                    described["properties"][key.name]["description"] = key.meaning
    plain = {"$schema": "http://json-schema.org/draft-07/schema#", **_untitled(schema)}
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _untitled(value: Any) -> Any:
    """Without the titles that pydantic makes of the names, which editors would show in place of what a key means."""
    if isinstance(value, dict):
        return {name: _untitled(each) for name, each in value.items() if name != "title" or not isinstance(each, str)}
    return [_untitled(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    Path(TARGET).write_text(recipe_schema(), encoding="utf-8")
