"""What bundles prove: every piece of evidence counts, and one bad piece spoils the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relucert.reductions.bundle import Bundle, Witness, compose
from relucert.reductions.maps.native import Native
from relucert.reductions.problems.set_splitting import SetSplitting
from relucert.reductions.solve.hybrid import hybrid
from relucert.reductions.solve.replay import Replayed, replay_bundle
from tests.reductions.solve.networks import FANO, progressions

pytest.importorskip("pysat")

COLORS = (0, 0, 1, 1, 0, 0, 1, 1)


def decided(instance: SetSplitting) -> Bundle:
    """The chain to a network, with the certificate about it."""
    bundle = compose(instance, [Native()])
    certificate = hybrid(bundle.target.instance).certificate  # type: ignore[attr-defined]
    assert certificate is not None
    return replace(bundle, certificate=certificate.decode())


@pytest.fixture(scope="module")
def yes() -> Bundle:
    return decided(SetSplitting(8, tuple(progressions(8, 3)), 2))


@pytest.fixture(scope="module")
def no() -> Bundle:
    return decided(SetSplitting(7, tuple(FANO), 2))


def test_certificates_answer_for_the_source_by_the_maps(yes: Bundle, no: Bundle) -> None:
    for answer, bundle in (("yes", yes), ("no", no)):
        found = replay_bundle(bundle)
        assert (found.answer, found.wrong, found.through) == (answer, "", ("native",))
        assert found.verdict is not None and found.verdict.valid


def test_a_witness_of_the_source_needs_no_map(yes: Bundle) -> None:
    bundle = replace(yes, witness=Witness(0, COLORS))
    assert replay_bundle(replace(bundle, certificate=None)) == Replayed("yes")
    assert (replay_bundle(bundle).answer, replay_bundle(bundle).through) == ("yes", ())


def test_without_evidence_nothing_is_said(yes: Bundle) -> None:
    found = replay_bundle(replace(yes, certificate=None))
    assert (found.answer, found.wrong) == (None, "")


def test_what_is_wrong(yes: Bundle, no: Bundle) -> None:
    damaged = str(no.certificate).replace("unreachable", "reachable", 1)
    for bundle, wrong in (
        (replace(yes, instances=(yes.source, no.target)), "instance 1 is not what native makes"),
        (replace(yes, witness=Witness(0, (0,) * 8)), "no witness of instance 0, set-splitting"),
        (replace(no, certificate=damaged), "certificate: "),
        (replace(yes, certificate=no.certificate), "another network"),
    ):
        found = replay_bundle(bundle)
        assert found.answer is None and wrong in found.wrong
