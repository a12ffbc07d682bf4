"""How many small changes of valid certificates the checker accepts, and how many of those claims are false (none).

Every single change of the certificates in ``tests/certify/check/catalogue.py``, of the refused ones in ``unsafe.py``
and of proofs that a small prover writes for random instances; then random pairs of changes until the number is reached.
A mutant that is VALID is judged by ``tests/certify/check/oracle.py``, which looks for a better network or a direction
above the threshold and knows nothing of the evidence.

::

    python benchmarks/mutants.py [--mutants 100000] [--seed 0]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the test helpers live beside the tests

from fractions import Fraction

from relucert.certify.check.kernel import check_bytes
from tests.certify.check.build import tag, text_of
from tests.certify.check.catalogue import CATALOGUE
from tests.certify.check.mutations import double_mutants, single_mutants
from tests.certify.check.oracle import falsehood
from tests.certify.check.test_soundness import ABOVE, instance, with_threshold
from tests.certify.check.tiny_prover import Claim, both_signs, maximum, negated
from tests.certify.check.unsafe import UNSAFE

Json = Any
MAX_RECORDS = 200


def random_certificates(seed: int, number: int) -> Iterator[tuple[str, Json]]:
    """Valid certificates of random instances, with at most 200 records."""
    source = Random(seed)
    made = 0
    while made < number:
        problem, nu, claim = instance(source)
        largest = max(maximum(claim), maximum(negated(claim)))
        threshold = Fraction(largest) * ABOVE if largest > 1e-9 else Fraction(1, 8)
        rule = source.choice(("cone_cover", "free_bias_split") if claim.free else ("cone_cover", "sign_tree"))
        proof = both_signs(Claim(claim.rows, claim.nu, threshold, claim.free), rule)
        if proof is not None and sum(len(tree) for tree in proof[1]) <= MAX_RECORDS:
            made += 1
            yield f"random {made} {rule}", with_threshold(problem, nu, threshold, proof)


def all_mutants(seed: int) -> Iterator[tuple[str, Json]]:
    bases = [*CATALOGUE.items(), *((name, make()) for name, make in UNSAFE.items()), *random_certificates(seed, 12)]
    for name, base in bases:
        for change, mutant in single_mutants(base):
            yield f"{name}: {change}", mutant
    endless = [(name, double_mutants(base, seed + k)) for k, (name, base) in enumerate(bases)]
    for _ in iter(int, 1):
        for name, mutants in endless:
            change, mutant = next(mutants)
            yield f"{name}: {change}", mutant


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=100_000, help="how many to check")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tags: Counter[str] = Counter()
    false: list[str] = []
    checking = judging = 0.0
    for _, (name, mutant) in zip(range(options.mutants), chain(all_mutants(options.seed)), strict=False):
        data = text_of(mutant).encode("ascii")
        start = time.perf_counter()
        verdict = check_bytes(data)
        checking += time.perf_counter() - start
        tags[tag(verdict)] += 1
        if verdict.valid:
            start = time.perf_counter()
            wrong = falsehood(mutant)
            judging += time.perf_counter() - start
            if wrong is not None:
                false.append(f"{name}: {wrong}")
    for condition, times in sorted(tags.items()):
        print(f"{times:8d}  {condition}")
    print(f"{sum(tags.values())} mutants, {tags['VALID']} VALID, {len(false)} of them FALSE")
    print(f"{checking:.0f} s in the checker, {judging:.0f} s in the oracle")
    print("\n".join(false[:20]))
    return 1 if false else 0


if __name__ == "__main__":
    sys.exit(main())
