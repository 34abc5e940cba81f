"""The published JSON Schema of the walkthrough file is the one that the program has."""

import json
from pathlib import Path

from derive.walkthrough.keys import WalkthroughFile, schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "walkthrough.schema.json"


def test_the_published_schema_is_the_programs() -> None:
    renew = "derive walkthroughs --schema > docs/walkthrough.schema.json"
    assert PUBLISHED.read_text(encoding="utf-8") == schema(), renew


def test_every_key_is_described_and_numbers_are_numbers() -> None:
    keys = json.loads(schema())["$defs"]["WalkthroughFile"]["properties"]
    assert set(keys) == set(WalkthroughFile.__struct_fields__)
    assert all(key["description"] for key in keys.values())
    assert keys["parameters"]["additionalProperties"] == {"type": "number"}
