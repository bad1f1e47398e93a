"""Make the data file of `ci_doctor.images.official` from a survey of the official images.

    python tools/compact_official_images.py SURVEY.json ci_doctor/images/data/official-images.json

The survey lists, for every image of github.com/docker-library/official-images, the platforms of its
tags: `sets` (platform lists), `images` (per image a `default` set and `tags`, a string of tags per
set number) and `source` (commit and date of the library files). A tag is listed only where the
shorter tag it falls back to has other platforms. Only these facts are kept.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ORIGIN = "https://github.com/docker-library/official-images"


def compact(survey: dict[str, Any]) -> str:
    """The text of the data file: one line for each set and each image, sorted by name."""
    commit = re.search(r"\b[0-9a-f]{40}\b", survey["source"])
    date = re.search(r"\b\d{4}-\d{2}-\d{2}\b", survey["source"])
    if commit is None or date is None:
        raise SystemExit("the survey's source names no commit or no date")
    sets = [" ".join(platforms) for platforms in survey["sets"]]
    images = {name: _image(image, sets) for name, image in sorted(survey["images"].items())}
    header = {
        "about": "platforms of the Docker official images, by tag",
        "origin": ORIGIN,
        "commit": commit[0],
        "date": date[0],
    }
    lines = [f"{_json(key)}: {_json(value)}," for key, value in header.items()]
    lines += ['"sets": [', ",\n".join(_json(each) for each in sets), "],", '"images": {']
    lines += [",\n".join(f"{_json(name)}: {_json(image)}" for name, image in images.items()), "}"]
    return "{\n" + "\n".join(lines) + "\n}\n"


def _image(image: dict[str, Any], sets: list[str]) -> dict[str, Any]:
    tags = {number: " ".join(names.split()) for number, names in image.get("tags", {}).items()}
    for number in (image["default"], *map(int, tags)):
        sets[number]  # an unknown number ends the run here, not in a lint
    return {"default": image["default"], **({"tags": tags} if tags else {})}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    survey, target = map(Path, sys.argv[1:])
    text = compact(json.loads(survey.read_text(encoding="utf-8")))
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
