"""Paths and addresses as a manifest may show them: the same on every machine, and nobody's name in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sclcohort.errors import StepError


class Places:
    """The folders that paths are shown relative to.

    Parameters
    ----------
    roots : iterable of Path
        In order of preference: the working directory, then the repository.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        absolute = [Path(os.path.normpath(Path.cwd() / root)) for root in roots]
        # A folder can be reached through links: both its written and its real name count.
        self._roots = list(dict.fromkeys(name for root in absolute for name in (root, root.resolve())))

    def relative(self, path: Path) -> str | None:
        """Return a path relative to the first root it lies in, with ``/``; None where it lies in none.

        A link is shown as itself, not as what it points to.
        """
        absolute = Path(os.path.normpath(Path.cwd() / path))
        for name in (absolute, absolute.parent.resolve() / absolute.name):
            for root in self._roots:
                if name.is_relative_to(root):
                    return name.relative_to(root).as_posix()
        return None

    def shown(self, path: Path) -> str:
        """Return a path as a manifest shows it: relative, or the bare name of what lies elsewhere."""
        return self.relative(path) or path.name

    def portable(self, value: object) -> object:
        """Return a JSON value in which texts that are paths or addresses tell nothing of the machine.

        Absolute paths and paths that climb out of the roots become relative, or a bare name;
        user name and password leave every address. Everything else stays as it is.
        """
        if isinstance(value, dict):
            return {key: self.portable(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.portable(item) for item in value]
        if not isinstance(value, str):
            return value
        if "://" in value:
            return re.sub(r"://[^/\s]*@", "://", value)
        if value.startswith("~"):
            return Path(value).name
        # The time zone may be a path too, with a colon in front (POSIX).
        return self.shown(Path(value.removeprefix(":"))) if value.startswith(("/", ":/", "..")) else value


def files_below(folder: Path, skipped: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Yield every file below a folder, through links, in the order of their paths.

    Parameters
    ----------
    folder : Path
        Where to begin.
    skipped : frozenset of str
        Ends of names to pass over, of files and folders; names that begin with a dot (caches, marks of
        the file system or of Snakemake) are always passed over.

    Raises
    ------
    StepError
        A link that points to nothing, or folders that contain themselves through links.
    """
    yield from _below(folder, skipped, (folder.resolve(),))


def _below(folder: Path, skipped: frozenset[str], parents: tuple[Path, ...]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(tuple(skipped)):
            continue
        if path.is_dir():
            real = path.resolve()
            if real in parents:
                raise StepError(f"{path}: a link to a folder that holds it; fix: remove the link")
            yield from _below(path, skipped, (*parents, real))
        elif path.exists():
            yield path
        else:
            raise StepError(f"{path}: a link that points to nothing; fix: remove or mend it")
