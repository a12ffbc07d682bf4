"""Members of a zip archive, with every kind of damage turned into a one-line error."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from relucert.certify.read.errors import InputError, quoted
from relucert.certify.read.files import PathLike

_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, MemoryError)


class ZipMembers:
    """A zip archive in memory.

    Parameters
    ----------
    content : bytes
    path : path
        For messages.
    cure : str
        What to do when the archive is damaged.
    """

    def __init__(self, content: bytes, path: PathLike, cure: str) -> None:
        self.path = path
        self._cure = cure
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGE as error:
            raise InputError(f"not a valid zip archive ({error})", file=path, cure=cure) from None
        self.names = self._archive.namelist()
        if len(set(self.names)) != len(self.names):
            raise InputError("a member of the archive is stored twice", file=path, cure=cure)

    def read(self, name: str) -> bytes:
        """The unpacked bytes of one member."""
        if name not in self.names:
            raise InputError(f"the archive has no member {quoted(name)}", file=self.path, cure=self._cure)
        try:
            return self._archive.read(name)
        except _DAMAGE as error:
            raise InputError(
                f"the member {quoted(name)} of the archive is damaged ({error})", file=self.path, cure=self._cure
            ) from None
