# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a person brings (screenshots, archives), kept by their hash and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from typing import TYPE_CHECKING

from graphkit.case.folder import locked
from graphkit.case.journal import append_audit_line

if TYPE_CHECKING:
    from pathlib import Path

    from graphkit.case.folder import Case


def save_attachment(case: Case, path: Path, *, by: str) -> str:
    """The SHA-256 of the file `path`, a read-only copy of which the case now keeps."""
    folder = case.root / "inputs" / "attachments"
    with path.open("rb") as source, locked(case):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / ".copying.part"
        with part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        with part.open("rb") as copied:
            sha256 = hashlib.file_digest(copied, "sha256").hexdigest()
        part.chmod(0o444)
        part.replace(folder / sha256)
        size = (folder / sha256).stat().st_size
        append_audit_line(case, "attach", {"sha256": sha256, "bytes": size, "by": by})
    return sha256
