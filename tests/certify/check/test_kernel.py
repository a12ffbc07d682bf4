"""One verdict whatever the route: trees in one process or several, and no verdict without all its premises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from relucert.certify.check.kernel import check_bytes
from tests.certify.check.build import Json, check, cone_cover, edited, tag, text_of
from tests.certify.check.catalogue import CATALOGUE, EXAMPLES, FURTHER, PLANE, ROOT, pretty
from tests.certify.check.mutations import single_mutants

INVALID = sorted((ROOT / "tests/certificates/invalid").glob("*.json"))
VALID = sorted((ROOT / "tests/certificates/valid").glob("*.json")) + sorted(
    (ROOT / "examples/certificates").glob("*.json")
)


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("jobs", [1, 2])
def test_catalogue(name: str, jobs: int) -> None:
    verdict, serial = check(CATALOGUE[name], jobs), check(CATALOGUE[name])
    assert verdict.valid, verdict.reason
    assert verdict == serial


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files(path: Path) -> None:
    verdict = check_bytes(path.read_bytes())
    assert verdict.valid, verdict.reason


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_files(path: Path) -> None:
    """The file name begins with the rule and the side condition that it breaks."""
    rule, condition, _ = path.stem.split(".")
    assert tag(check_bytes(path.read_bytes())) == f"{rule} {condition}"


def test_files_are_the_catalogue() -> None:
    for folder, makers in (("examples/certificates", EXAMPLES), ("tests/certificates/valid", FURTHER)):
        for make in makers:
            assert (ROOT / folder / f"{make.__name__}.json").read_text("ascii") == pretty(make())


def test_both_signs_are_needed() -> None:
    """The proof of one sign, and its trees, do not serve the other."""
    base = CATALOGUE["cone_cover_with_split"]
    plus = base["trees"][:4]
    assert tag(check(edited(base, ("trees", plus + plus)))) == "VALID"  # for phi <= 0 a longer z is fine
    assert tag(check(edited(base, ("trees", base["trees"][4:] * 2)))) == "simplicial_leaf S3"
    assert tag(check(edited(base, ("trees", base["trees"][4:] + plus)))) == "simplicial_leaf S3"
    negative = edited(base, ("evidence.dual.dual_variable.mantissas", [-1, -1]), ("claim.lower_bound", "-9"))
    assert tag(check(negative)) == "simplicial_leaf S3"
    for path in ("evidence.dual.proofs.+", "evidence.dual.proofs.-"):
        assert tag(check(edited(base, (path, cone_cover())))) == "cone_cover S3"


def test_every_cone_is_needed() -> None:
    """No tree can be left out, given twice, or borrowed from the other sign."""
    base = CATALOGUE["cone_cover_with_split"]
    trees = base["trees"]
    for k in range(8):
        assert not check(edited(base, ("trees", trees[:k] + trees[k + 1 :]))).valid
        assert not check(edited(base, ("trees", [*trees[:k], trees[k], *trees[k:]]))).valid
    assert not check(edited(base, ("trees", []))).valid
    assert not check(edited(base, ("trees", [[]] * 8))).valid
    assert not check(
        edited(base, ("evidence.dual.proofs.+.basis", PLANE["basis"][:1]), ("trees", trees[:2] + trees[4:]))
    ).valid


def test_trees_without_a_proof_that_uses_them() -> None:
    base = CATALOGUE["singular_value_with_better_network"]
    for trees in ([[]], [[["L", 0, [0], 0, []]]], [[[]], []]):
        assert tag(check(edited(base, ("trees", trees)))) == "format S9"


def sampled(certificate: Json, step: int) -> Iterator[Json]:
    for _, mutant in islice(single_mutants(certificate), 0, None, step):
        yield mutant


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cap_with_secants", "free_bias_split_exact", "sign_caps"])
def test_processes_agree_on_mutants(name: str) -> None:
    """One process and two give the same verdict; reasons may differ, as the first failure found may be another one."""
    for mutant in sampled(CATALOGUE[name], 7):
        data = text_of(mutant).encode()
        serial, parallel = check_bytes(data), check_bytes(data, jobs=2)
        assert serial.kind == parallel.kind, (serial.reason, parallel.reason)
        if serial.valid:
            assert serial == parallel


@pytest.mark.parametrize("jobs", [-1, 0, 1, 3])
def test_any_number_of_processes(jobs: int) -> None:
    assert check(CATALOGUE["sign_caps"], jobs).valid


def test_a_failure_in_a_worker_keeps_its_place() -> None:
    broken = edited(CATALOGUE["cone_cover_with_split"], ("trees.6", [["L", 0, [0, -2], 0, []]]))
    reason = "proof - tree 2 record 0, rule simplicial_leaf, S5: |z| + kappa is above the threshold"
    assert check(broken).reason == check(broken, jobs=2).reason == reason
    assert check(broken).claim is None and check(broken).rules == {}
