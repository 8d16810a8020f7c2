"""Copy what the till's pages need of others from the npm index to where it is served from.

Only at build time: a program that runs asks nothing from elsewhere. Only the files that are
served: a reader of QR codes in WebAssembly, one in plain JavaScript, and their licences.
"""

import shutil
import sys
from pathlib import Path

from npm import install

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
SERVED = FOLDER.parent / "src" / "pas" / "web" / "static" / "till" / "vendor"
FILES = {
    "zxing-wasm/dist/es/reader/index.js": "zxing/reader/index.js",
    "zxing-wasm/dist/es/share.js": "zxing/share.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": "zxing/reader/zxing_reader.wasm",
    "zxing-wasm/LICENSE": "zxing/LICENSE",
    "qr/decode.js": "qr/decode.js",
    "qr/index.js": "qr/index.js",
    "qr/LICENSE": "qr/LICENSE",
    "qr/LICENSE-MIT": "qr/LICENSE-MIT",
    "../NOTICE": "NOTICE",
}
TROUBLE = """\
The readers of QR codes for the till could not be installed from the npm index.
npm says: {said}
Is that index reachable from here? ~/.npmrc says which index and which proxy; then try again.
"""


def main() -> None:
    if said := install(FOLDER):
        sys.exit(TROUBLE.format(said=said.strip()))
    shutil.rmtree(SERVED, ignore_errors=True)
    for source, name in FILES.items():
        target = SERVED / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, target)


if __name__ == "__main__":
    main()
