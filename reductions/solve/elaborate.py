"""From the clauses that a SAT solver learnt to clauses with hints: RUP proofs to LRAT, trimmed to what is needed.

A clause has a RUP proof when unit propagation from its negation ends in a conflict (Goldberg and Novikov 2003).  One
clause after the other is slow in Python, so a block of thousands is propagated at once: bit i of the integer
``false[l]`` says that the literal l is false in the propagation for the i-th clause of the block, and one visit of a
clause finds what it implies in all of them.  Blocks are taken from the end of the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Clause = tuple[int, ...]
BLOCK = 4096


class ElaborationError(Exception):
    """A learnt clause that is needed does not follow by unit propagation."""


@dataclass(frozen=True)
class Lrat:
    """A refutation of some of the given clauses.

    axioms : the numbers of the given clauses that are needed, increasing.
    steps : (clause, hints); the last clause is empty.  A hint h < len(axioms) is the h-th of these axioms, others are
        ``len(axioms)`` + the number of an earlier step.
    """

    axioms: tuple[int, ...]
    steps: tuple[tuple[Clause, tuple[int, ...]], ...]


def elaborate(
    given: Sequence[Sequence[int]], learnt: Sequence[Sequence[int]], tick: Callable[[], None] = lambda: None
) -> Lrat:
    """The refutation that clauses learnt in this order are, without those that the empty clause does not need.

    Deletions play no role, and the empty clause at the end may be left out.  `tick` is called now and then; it may
    raise.  Raises ElaborationError.
    """
    database: list[Clause] = [tuple(dict.fromkeys(clause)) for clause in (*given, *learnt, ())]
    for number, clause in enumerate(given):
        if not clause:
            return Lrat((number,), (((), (0,)),))
    last = database.index((), len(given))
    hints: dict[int, list[int]] = {}
    needed, end = {last}, last + 1
    while end > len(given):
        start = max(len(given), end - BLOCK)
        block = _Block(database, start, end)
        block.propagate(tick)
        for number in range(end - 1, start - 1, -1):
            if number in needed:
                hints[number] = block.hints(number)
                needed.update(hints[number])
        end = max((number for number in needed if number < start), default=-1) + 1
    axioms = sorted(number for number in needed if number < len(given))
    place = {number: new for new, number in enumerate([*axioms, *sorted(hints)])}
    steps = [(database[number], tuple([place[hint] for hint in hints[number]])) for number in sorted(hints)]
    return Lrat(tuple(axioms), tuple(steps))


class _Block:
    """Unit propagation from the negations of the clauses ``start`` .. ``end - 1``, each with those before it."""

    def __init__(self, database: Sequence[Clause], start: int, end: int) -> None:
        self.database, self.start, self.end = database, start, end
        self.live = (1 << (end - start)) - 1  # no conflict yet
        self.false: dict[int, int] = {}
        for clause in database[:end]:
            for literal in clause:
                self.false[literal] = self.false[-literal] = 0
        for i, clause in enumerate(database[start:end]):
            for literal in clause:
                self.false[literal] |= 1 << i
        self.reasons: list[dict[int, int]] = [{} for _ in range(end - start)]  # implied literal -> clause, in order
        self.conflicts: dict[int, int] = {}

    def propagate(self, tick: Callable[[], None]) -> None:
        """Visit the clauses with changed literals until nothing changes."""
        changed: set[int] | None = None
        while self.live and (changed is None or changed):
            tick()
            now, changed = changed, set()
            for number in range(self.end):
                clause = self.database[number]
                if now is None or not now.isdisjoint(clause):
                    self._visit(number, clause, changed)

    def _visit(self, number: int, clause: Clause, changed: set[int]) -> None:
        false = self.false
        none = self.live  # the propagations in which no literal so far is other than false
        if number >= self.start:
            none = none >> (number - self.start + 1) << (number - self.start + 1)
        one = 0  # .. exactly one
        for literal in clause:
            here = false[literal]
            rest = none & here
            one = (one & here) | (none ^ rest)
            none = rest
            if not one and not none:
                return
        if none:
            self.live ^= none
            for i in _bits(none):
                self.conflicts[i] = number
        if one:
            for literal in clause:
                here = one & ~false[literal] & ~false[-literal]
                if here:
                    false[-literal] |= here
                    changed.add(-literal)
                    for i in _bits(here):
                        self.reasons[i][literal] = number

    def hints(self, number: int) -> list[int]:
        """The clauses that lead from the negation of a clause to a conflict, in the order of propagation."""
        i = number - self.start
        conflict = self.conflicts.get(i)
        if conflict is None:
            raise ElaborationError(f"clause {number} does not follow by unit propagation")
        found = [conflict]
        wanted = {-literal for literal in self.database[conflict]}
        for literal, reason in reversed(self.reasons[i].items()):
            if literal in wanted:
                found.append(reason)
                wanted.update(-other for other in self.database[reason] if other != literal)
        return found[::-1]


def _bits(value: int) -> Iterator[int]:
    while value:
        lowest = value & -value
        yield lowest.bit_length() - 1
        value ^= lowest
