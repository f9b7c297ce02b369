"""Links between numbered things → the groups that they make, through others too (connected components)."""

from collections.abc import Iterable


def connected(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """(count,): of each of so many things the first one of its group, by number."""
    leads = list(range(count))

    def root(at: int) -> int:
        while leads[at] != at:
            leads[at] = at = leads[leads[at]]
        return at

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        leads[high] = low
    return [root(at) for at in range(count)]
