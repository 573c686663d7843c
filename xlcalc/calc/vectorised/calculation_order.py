"""Which cells follow from the varied inputs, and in which order are they calculated?

A cell is live if it is a varied input, or if its formula reads a live cell. What is not live has
the same value in every scenario. A whole column stands for the cells that exist in it.
"""

from collections.abc import Collection, Iterator, Mapping, Set
from typing import TypeAlias

from xlcalc.calc.vectorised.syntax import Cell, Node, NotVectorised, Place, Range
from xlcalc.ooxml.markup import cell_name

Leaf: TypeAlias = Cell | Range

_SHOWN = 12
"""Cells of a circle that a sentence names."""


class Dependencies:
    """What follows from the inputs that scenarios vary.

    Parameters
    ----------
    trees : Mapping[(str, (int, int)), Node]
        The formulas of all cells.
    varied : set of (str, (int, int))
        The inputs.

    Attributes
    ----------
    live : set of (str, (int, int))
        These inputs, and the cells that follow from them.
    """

    def __init__(self, trees: Mapping[Place, Node], varied: Set[Place]) -> None:
        self._trees = trees
        self.live = set(varied)
        self._live_in: dict[Range, list[Place]] = {}
        readers: dict[Leaf, list[Place]] = {}
        for place, tree in trees.items():
            for leaf in tree.leaves():
                readers.setdefault(leaf, []).append(place)
        leaves: dict[Place, list[Leaf]] = {}
        for leaf in readers:
            for row in leaf.places:
                for read in row:
                    leaves.setdefault(read, []).append(leaf)
        waiting = list(varied)
        while waiting:
            for leaf in leaves.get(waiting.pop(), ()):
                for place in readers.pop(leaf, ()):
                    if place not in self.live:
                        self.live.add(place)
                        waiting.append(place)

    def live_in(self, leaf: Leaf) -> list[Place]:
        """Return the live cells of a cell or range."""
        if isinstance(leaf, Cell):
            return [leaf.place] if leaf.place in self.live else []
        found = self._live_in.get(leaf)
        if found is None:
            found = [place for row in leaf.places for place in row if place in self.live]
            self._live_in[leaf] = found
        return found

    def is_live(self, node: Node) -> bool:
        """Whether a part of a formula reads a live cell."""
        return any(self.live_in(leaf) for leaf in node.leaves())

    def order(self, wanted: Collection[Place] | None = None) -> list[Place]:
        """Return the live cells, each behind those that it reads.

        Parameters
        ----------
        wanted : collection of (str, (int, int)), optional
            Only these and what they need; all if left out.

        Raises
        ------
        NotVectorised
            If cells follow from each other in a circle, which the sentence names.
        """
        order: dict[Place, None] = {}
        for root in sorted(self.live if wanted is None else self.live.intersection(wanted)):
            if root not in order:
                self._visit(root, order)
        return list(order)

    def _visit(self, root: Place, order: dict[Place, None]) -> None:
        stack: list[tuple[Place, Iterator[Place]]] = [(root, self._reads(root))]
        path = {root: None}
        while stack:
            place, reads = stack[-1]
            following = next(reads, None)
            if following is None:
                order[place] = None
                del path[place]
                stack.pop()
            elif following in path:
                circle = list(path)[list(path).index(following) :]
                raise NotVectorised(f"its cells follow from each other: {_shown(circle)}")
            elif following not in order:
                path[following] = None
                stack.append((following, self._reads(following)))

    def _reads(self, place: Place) -> Iterator[Place]:
        tree = self._trees.get(place)
        if tree is not None:
            for leaf in tree.leaves():
                yield from self.live_in(leaf)


def _shown(circle: list[Place]) -> str:
    names = [f"{sheet}!{cell_name(position)}" for sheet, position in (*circle, circle[0])]
    if len(names) > _SHOWN:
        names[_SHOWN // 2 : -_SHOWN // 2] = ["…"]
    return " → ".join(names)
