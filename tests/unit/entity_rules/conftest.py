"""The rules, read once for all tests of this folder."""

import pytest

from nlu.entity_rules.extract import EntityRules


@pytest.fixture(scope="session")
def rules() -> EntityRules:
    return EntityRules.load()
