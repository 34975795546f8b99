"""Fields of complaints and how one is guessed."""

from pathlib import Path

import pytest

from bot.complaints.categories import OTHER, guess, load_categories
from bot.errors import InputError

CATEGORIES = load_categories()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ổ gà sâu giữa đường Lê Lợi", "traffic"),
        ("o ga sau giua duong le loi", "traffic"),
        ("đèn đường tắt mấy hôm nay", "lighting"),
        ("den duong khong sang", "lighting"),
        ("đến đường Lê Lợi rồi sao nữa", None),
        ("hàng xóm hát karaoke tới khuya", "noise"),
        ("nha ben canh karaoke on qua", "noise"),
        ("rác chất đống hôi thối", "environment"),
        ("mưa là ngập nước, nắp cống hư", "water"),
        ("cây ngã chắn lối đi", "trees"),
        ("xe buýt bỏ trạm", "bus"),
        ("vỉa hè bị lấn chiếm bán hàng", "urban_order"),
        ("cán bộ phường làm khó", "public_service"),
        ("cúp điện từ sáng", "electricity"),
        ("tôi muốn phản ánh", None),
        ("", None),
    ],
)
def test_guess(text: str, key: str | None) -> None:
    assert guess(CATEGORIES, text) == key


def test_no_word_is_in_two_fields_and_other_comes_last() -> None:
    words = [word for category in CATEGORIES for word in category.words]
    assert len(words) == len(set(words))
    assert CATEGORIES[-1].key == OTHER


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- key: a\n  label: [\n", r"bad\.yml:\d"),
        ("- key: a\n", r"bad\.yml: mục 0\.label"),
        ("- {key: a, label: A}\n", "other"),
    ],
)
def test_a_wrong_file_is_said_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_categories(path)
