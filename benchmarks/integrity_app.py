"""The integrity desk alone, as `sujarit integrity` runs it: what benchmarks/integrity.py asks."""

from __future__ import annotations

import os

from benchmarks.integrity import configuration
from integrity.database import Database
from integrity.gate import Door
from integrity.pages.app import create_app
from integrity.pages.context import House

_config = configuration(os.environ["DESK_FOLDER"], os.environ.get("DESK_DATABASE", ""))
app = create_app(_config, Database(_config.database_url))
if "DESK_CALM" in os.environ:  # how many a minute come in without being asked anything
    house: House = app.extensions["integrity"]
    house.door = Door(_config.cookie_key, int(os.environ["DESK_CALM"]))
