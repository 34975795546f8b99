"""What only the repaired message names is found at the offsets of the typed one."""

import pytest

from nlu.entity_rules.extract import EntityRules
from nlu.entity_rules.meant import Word, as_meant


def words(text: str, **repaired: str) -> list[Word]:
    """Give the words of a text between single spaces; those that are named stand for others."""
    found, start = [], 0
    for word in text.split(" "):
        found.append((start, start + len(word), repaired.get(word, word.lower())))
        start += len(word) + 1
    return found


@pytest.mark.parametrize(
    ("text", "repaired", "expected"),
    [
        ("ở phwờng Tân Định", {"phwờng": "phường"}, [("ward", "phwờng Tân Định")]),
        ("tới hoom qua", {"hoom": "hôm"}, [("date", "hoom qua")]),
        ("chờ 2 tháng r", {"r": "rồi"}, [("date", "2 tháng r")]),
        # The repair may be wrong: what the typed message names stays.
        ("ở đường Lê Lợi", {"Lợi": "lời"}, [("street", "đường Lê Lợi")]),
        # A lone word that was meant as another is no relative.
        ("ba khong biet chu", {"ba": "bà", "khong": "không", "biet": "biết", "chu": "chữ"}, []),
        ("shipper kiu ck trc", {"ck": "chồng", "trc": "trước"}, []),
    ],
)
def test_repaired_words(
    rules: EntityRules, text: str, repaired: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    found = rules.find(text, "directory_place", "directory", words(text, **repaired))
    assert [(entity.name, text[entity.start : entity.end]) for entity in found] == expected


def test_words_as_typed_need_no_second_reading() -> None:
    assert as_meant("Ở Quận 3", words("Ở Quận 3")) is None


def test_an_entity_that_cuts_a_typed_word_is_none(rules: EntityRules) -> None:
    text = "xnkh"
    assert rules.find(text, "procedure_ask", "procedure", [(0, 4, "xin khai sinh")]) == []
