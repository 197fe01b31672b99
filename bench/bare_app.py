"""The app without what makes it fit for a weak line: Streamlit sends its own files and its first page by itself.

python -m bench.bare_app PORT
"""

import sys

from streamlit.web.cli import main

from ecodash.web.first_page import FirstPageFirst
from ecodash.web.front import Front
from ecodash.web.static_files import StaticFirst

if __name__ == "__main__":
    layers = Front.middleware
    Front.middleware = lambda self: [one for one in layers(self) if one.cls not in (StaticFirst, FirstPageFirst)]  # type: ignore[method-assign]
    port = sys.argv[1]
    sys.argv = ["streamlit", "run", "app.py", "--server.port", port, "--server.enableWebsocketCompression", "false"]
    sys.exit(main())
