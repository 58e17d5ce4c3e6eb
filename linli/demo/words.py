"""The words of the demo county: its texts, and names made of the parts usual there."""

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent


@cache
def texts() -> dict[str, Any]:
    """All texts, by what they are for; under `reports`, by category: titles, of residents, of grid workers, results."""
    return dict(json.loads((FOLDER / "texts.json").read_text(encoding="utf-8")))


def say(what: str, rng: Random) -> str:
    """Some words for an act; may be empty where words are not needed."""
    return str(rng.choice(texts()[what]))


def person_name(rng: Random) -> str:
    """A name nobody in particular bears."""
    words = texts()
    middle = rng.choice(words["given_first"]) if rng.random() < 0.75 else ""
    return rng.choice(words["surnames"]) + middle + rng.choice(words["given_second"])


def natural_village_name(rng: Random) -> str:
    """The name of a natural village: a clan's, or one of the land."""
    words = texts()
    if rng.random() < 0.4:
        return f"{rng.choice(words['clans'])}屋村"
    end = rng.choice(words["village_second"])
    return rng.choice(words["village_first"]) + end + ("" if end == "村" else "村")


def short(name: str) -> str:
    """A township or committee as people call it: `石头岭村委会` is 石头岭."""
    for ending in ("居委会", "村委会", "生活区", "街道", "开发区", "镇"):
        name = name.removesuffix(ending)
    return name
