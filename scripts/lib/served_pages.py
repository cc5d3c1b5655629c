"""Layout of the pages' files as they are served, by links: `served_pages.py FOLDER`.

In the checkout the pages of a feature are in the feature's folder; a web serves them below the console's
pages.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Final

from center import features
from gateways.console.page import FEATURES, STATIC, encoded_features, pages_of_features
from gateways.static import VENDOR

APP: Final = STATIC.parents[2] / "features" / "app" / "static"
_TYPES: Final = "./console/types"
CONFIG: Final = {
    "compilerOptions": {
        "checkJs": True,
        "strict": True,
        "noImplicitAny": False,
        "strictNullChecks": False,
        "useUnknownInCatchVariables": False,
        "lib": ["es2023", "dom", "dom.iterable"],
        "types": [f"{_TYPES}/{name}.d.ts" for name in ("dom", "pages", "wire")],
    },
    "imports": {
        "./app/vendor/lit.js": f"{_TYPES}/lit.d.ts",
        "./console/vendor/lit.js": f"{_TYPES}/lit.d.ts",
        "./console/vendor/leaflet.js": f"{_TYPES}/leaflet.d.ts",
    },
}
"""Configuration of deno, which checks the types and builds nothing."""


def lay_out(folder: Path) -> None:
    """Delete the folder and make it again, with `console` and `app`."""
    shutil.rmtree(folder, ignore_errors=True)
    console = folder / "console"
    for static, at in ((STATIC, console), (APP, folder / "app")):
        for path in static.rglob("*"):
            if path.is_file():
                link = at / path.relative_to(static)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path)
    (folder / "app" / VENDOR.name).symlink_to(VENDOR)
    for name, pages in pages_of_features().items():
        (console / "features").mkdir(exist_ok=True)
        (console / "features" / name).symlink_to(pages)
    (console / FEATURES).unlink(missing_ok=True)
    (console / FEATURES).write_bytes(encoded_features())
    (folder / "deno.json").write_text(json.dumps(CONFIG))


if __name__ == "__main__":
    features.install()
    lay_out(Path(sys.argv[1]))
