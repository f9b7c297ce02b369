"""Where the dispatches of a recipe stand, for messages about one of them: once read, they know their ids alone."""

from dateline_formats.reading import read_annotations
from dateline_labels import InputError, Schema

from .recipe import Recipe


def placed(error: InputError, recipe: Recipe, schema: Schema) -> InputError:
    """The fault of a dispatch, of which the path is its id, and the field that of a span perhaps, with its place in the
    files of the recipe; what stands in none of them is told as it is.
    """
    data, new = recipe.data, recipe.retrain
    sources = (((*new.files, *new.validation), new.map), ((*data.files, *data.validation), data.map))
    for files, mapping in sources:
        annotated = read_annotations(files, schema, mapping)
        for dispatch in annotated.dispatches:
            if dispatch.id == error.place.path:
                place = annotated.place_of(dispatch, dispatch.span_by_id.get(error.field))
                return InputError(place, f"{dispatch.id}.{error.field}", error.what)
    return error
