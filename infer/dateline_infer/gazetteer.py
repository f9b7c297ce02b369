"""A GeoNames dump → an SQLite index → the places that a name can mean."""


class Gazetteer:
    """Placeholder of the index."""
