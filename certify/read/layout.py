"""The hint that names which stored tensors are the two layers: ``hidden=KEY,output=KEY``."""

from __future__ import annotations

from dataclasses import dataclass

from relucert.certify.read.errors import InputError, listed, quoted

LAYOUT_CURE = "name the layers: --layout hidden=KEY,output=KEY (KEY.T for a transposed matrix)"
_ROLES = ("hidden", "output", "hidden_bias", "output_bias")


@dataclass(frozen=True)
class Layout:
    """Keys of the tensors in a file.

    Attributes
    ----------
    hidden, output : str
        Weights of the hidden layer, stored (m, d), and of the output layer, stored (1, m), (m, 1) or (m,).
        A suffix ``.T`` on a key says that the matrix is stored transposed.
    hidden_bias, output_bias : str or None
        None: the ``bias`` next to the ``weight``, if there is one. The word ``none`` : no bias.
    """

    hidden: str
    output: str
    hidden_bias: str | None = None
    output_bias: str | None = None


def parse_layout(text: str) -> Layout:
    """Read ``hidden=KEY,output=KEY[,hidden_bias=KEY][,output_bias=KEY]``."""
    chosen: dict[str, str] = {}
    for part in text.split(","):
        role, equals, key = (piece.strip() for piece in part.partition("="))
        if not equals or not key:
            raise InputError(f"{quoted(part)} is not ROLE=KEY", field="--layout", cure=LAYOUT_CURE)
        if role not in _ROLES:
            raise InputError(f"unknown role {quoted(role)}", field="--layout", cure=f"use {listed(_ROLES)}")
        if role in chosen:
            raise InputError(f"the role {role} is given twice", field="--layout", cure="give it once")
        chosen[role] = key
    missing = [role for role in ("hidden", "output") if role not in chosen]
    if missing:
        raise InputError(f"no key for {listed(missing)}", field="--layout", cure=LAYOUT_CURE)
    return Layout(**chosen)
