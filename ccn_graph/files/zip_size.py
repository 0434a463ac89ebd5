"""What a zip file unfolds to, before anything of it is unfolded."""

from __future__ import annotations

import io
import zipfile


def of(data: bytes) -> tuple[int, int]:
    """Return how many parts a zip has and how many bytes they unfold to. Raises zipfile.BadZipFile for no zip.

    The sizes that it declares bind: zipfile reads no further than them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
    return len(listed), sum(part.file_size for part in listed)
