"""The whole of linli on one port, for granian or any other ASGI server: the front, with the pages behind it."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")


def _front() -> Any:
    from linli.wsgi import application as pages  # makes Django ready

    from linli.intake.front import Front  # isort: skip

    return Front(pages)


application = _front()
