"""What mkdocs calls (mkdocs.yml, `hooks:`): workbook_site answers each of its events.

mkdocs loads this file alone, and only once, however often `mkdocs serve` builds. So what is known
of a build is kept in its configuration: on_config makes a new Site each time.
"""

import pathlib
import sys
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

FOLDER = str(pathlib.Path(__file__).resolve().parent)
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

from workbook_site.site import Site  # noqa: E402 (it is found by the lines above)


def site_of(config: MkDocsConfig) -> Site:
    return cast(Site, config["extra"]["workbook"])


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    root = pathlib.Path(str(config.config_file_path)).resolve().parent
    site = Site(root)
    config["extra"]["workbook"] = site
    config["nav"] = site.navigation(config["extra"]["parts"], config["extra"].get("pages", []))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    return site_of(config).choose_files(files, config)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return site_of(config).rewrite(markdown, page)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return site_of(config).fill(html, page)


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    context.update(site_of(config).context(page))
    return context


def on_post_build(config: MkDocsConfig) -> None:
    site_of(config).finish(pathlib.Path(config["site_dir"]))
