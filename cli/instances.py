"""Instances of decision problems on the command line: files, named families, bundles; and errors in one line."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relucert.cli.output import UserError, positive_argument

if TYPE_CHECKING:
    from relucert.reductions.bundle import Bundle

SHOWN = 400  # characters of a witness on the screen
STANDARD_INPUT = "-"


def add_instance_options(parser: argparse.ArgumentParser) -> None:
    """What an instance is read from."""
    parser.add_argument("file", nargs="?", metavar="INSTANCE", help="a file, a bundle, or - for standard input")
    parser.add_argument(
        "--instance", metavar="NAME", help="of a named family, e.g. vdw:3,3,9; reduce --list shows them"
    )
    parser.add_argument("--kind", metavar="PROBLEM", help="what the file holds, when its name and text leave that open")
    parser.add_argument("-k", type=positive_argument(int), metavar="K", help="colours, or patches of a sample")


def load(args: argparse.Namespace) -> Bundle:
    """The bundle of a file, or one that holds an instance alone."""
    from relucert.reductions.bundle import Bundle
    from relucert.reductions.families import named
    from relucert.reductions.files import read_problem

    with one_line_errors():
        if args.instance is not None:
            if args.file is not None or args.kind is not None:
                raise UserError("--instance and a file", cure="give one of them")
            return Bundle((named(args.instance, args.k),))
        if args.file is None:
            raise UserError("no instance given", cure="name a file, or --instance NAME")
        bundle = None if args.file == STANDARD_INPUT else try_bundle(Path(args.file))
        if bundle is None:
            return Bundle((read_problem(args.file, args.kind, args.k),))
        if args.kind is not None:
            raise UserError("--kind is for instances", where=args.file, cure="leave it out for a bundle")
        return bundle


def try_bundle(path: Path) -> Bundle | None:
    """The bundle of a file; ``None`` when it holds something else."""
    from relucert.reductions.bundle import is_bundle, read_bundle

    with path.open("rb") as file:
        head = file.read(400)
    if not is_bundle(head.decode("ascii", "replace")):
        return None
    return read_bundle(path.read_text("utf-8"), str(path))


@contextmanager
def one_line_errors() -> Iterator[None]:
    """What the reductions refuse is a mistake of the user's."""
    from relucert.reductions.text import ProblemError

    try:
        yield
    except ProblemError as error:
        raise UserError(error.what, where=error.where or None, cure=error.cure or None) from None
    except UnicodeDecodeError as error:
        raise UserError("the file is no text", where=f"byte {error.start}", cure="check what the file is") from None
    except OSError as error:
        raise UserError(f"cannot read {error.filename}: {error.strerror}", cure="check the path") from None


def described(instance: Any) -> str:
    """An instance in a few words: its problem and its size."""
    return f"{instance.name}: {', '.join(f'{name} {value}' for name, value in instance.size().items())}"


def shown_witness(value: Any) -> str:
    """A witness for the screen, cut when it is long."""
    import json

    text = json.dumps(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ... ({len(text)} characters; -o or --json for all)"


def path_json(bundle: Bundle) -> dict[str, Any]:
    """The path for programs."""
    return {
        "path": [{"problem": instance.name, "size": dict(instance.size())} for instance in bundle.instances],
        "reductions": [{"name": link.name, "parameters": link.parameters()} for link in bundle.links],
    }
