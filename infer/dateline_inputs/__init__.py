"""Files, folders and patterns of raw dispatches, packed or not → rows, from any place in them → `Dispatch`es."""
