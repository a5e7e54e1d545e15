"""Where the files are, and how a build is refused."""

import pathlib
from typing import NoReturn

from mkdocs.exceptions import PluginError


class Repository:
    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.docs = root / "docs"

    def relative(self, path: pathlib.Path) -> str:
        return path.relative_to(self.root).as_posix()

    def uri(self, path: pathlib.Path) -> str:
        """A file among the site's sources, the top of which is docs/."""
        return path.relative_to(self.docs if self.docs in path.parents else self.root).as_posix()

    def refuse(self, path: pathlib.Path, line: int, sentence: str) -> NoReturn:
        raise PluginError(f"{self.relative(path)}:{line}: {sentence}.")
