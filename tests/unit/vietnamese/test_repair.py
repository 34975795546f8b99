"""Restoring diacritics and repairing slips, with a model trained on the lists of the repository."""

import unicodedata
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.vietnamese.fold import fold
from nlu.vietnamese.language_model import LanguageModel, sentences
from nlu.vietnamese.repair import Repairer

COLLOQUIAL = Path(__file__).resolve().parents[3] / "nlu" / "lists" / "colloquial"
TALK = [
    "làm khai sinh cho con cần giấy tờ gì",
    "tôi muốn hỏi thủ tục đăng ký kết hôn ở Quận 3",
    "hồ sơ của tui xong chưa",
    "cho tôi hỏi đăng ký tạm trú ở đâu",
    "làm căn cước bao lâu thì lấy",
    "nộp hồ sơ ở phường được không em",
    "địa chỉ ủy ban phường ở đâu",
    "địa chỉ nhà ở hẻm 12",
    "số điện thoại của phường",
    "học sinh lớp một nhập học",
]
SHORT = {
    "k": ["không", "ca"],
    "dc": ["được", "địa chỉ"],
    "hs": ["hồ sơ", "học sinh"],
    "đt": ["điện thoại"],
    "e": ["em"],
    "broken": [""],
}


@cache
def model() -> LanguageModel:
    files = sorted(COLLOQUIAL.glob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    phrases = [line for file in files if file.name.startswith("phrases_") for line in file.read_text().splitlines()]
    return LanguageModel.train([*lines, *TALK * 3], [], phrases)


@cache
def repairer() -> Repairer:
    return Repairer(model(), SHORT)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # without any diacritics
        ("lam khai sinh cho con can giay to gi", "làm khai sinh cho con cần giấy tờ gì"),
        ("chay nha roi, cuu voi!", "cháy nhà rồi, cứu với!"),
        ("LAM CAN CUOC O DAU", "làm căn cước ở đâu"),
        # some of them
        ("làm khai sinh cho con can giấy tờ gì", "làm khai sinh cho con cần giấy tờ gì"),
        ("hô sơ cua tui xong chưa", "hồ sơ của tui xong chưa"),
        ("duòng hư, đen đuờng tắt", "đường hư, đèn đường tắt"),
        # keystrokes
        ("hoof sơ của tui ddaau rooif", "hồ sơ của tui đâu rồi"),
        ("ho62 so7 cua3 tui xong chu7a", "hồ sơ của tui xong chưa"),
        # slips of the fingers
        ("tôi muốn ddangw ký tạm trú", "tôi muốn đăng ký tạm trú"),
        ("làm kahi sinh cho con", "làm khai sinh cho con"),
        ("lam kahi sinh cho con", "làm khai sinh cho con"),
        ("giaays khai sinh", "giấy khai sinh"),
        ("ngập nước qúa chừng", "ngập nước quá chừng"),
        ("vui quááá trời", "vui quá trời"),
        ("giử xe ở đâu", "giữ xe ở đâu"),
        # words run together
        ("chotôihỏi làm căn cước", "cho tôi hỏi làm căn cước"),
        ("chotoihoi lam can cuoc", "cho tôi hỏi làm căn cước"),
        # short forms and teencode
        ("nộp hs ở phường dc k e", "nộp hồ sơ ở phường được không em"),
        ("dc nhà ở hẻm 12", "địa chỉ nhà ở hẻm 12"),
        ("hs lớp một nhập học", "học sinh lớp một nhập học"),
        ("fải làm sao", "phải làm sao"),
    ],
)
def test_repairs(typed: str, meant: str) -> None:
    assert repairer().repair_text(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "anh",
        "con",
        "dạ",
        "cá",
        "ba má",
        "đi ra",
        "hông",
        "thủy hoà",
        "ba em ăn cơm",
        "mua ban ngày",
        "wifi nhà em",
        "sửa <phone:x1> nha",
        "<cccd:a-Z_9>",
        "https://Abc.vn/a?b=1",
        "vào dichvucong.gov.vn",
        "H29.12-251103-0042",
        "PA-251103-7K2MQ9",
        "An.B@mail.com",
        "12/3 7h30 1.000.000đ",
        "quận 1 Q9 a1 b2",
        "中文 😀 …",
        "",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert repairer().repair_text(text) == text


def test_names_with_capitals_stay_in_a_text_with_diacritics() -> None:
    assert repairer().repair(["Mình", "ở", "Vinhomes", "Ban", "Mai"]) == ["mình", "ở", "vinhomes", "ban", "mai"]


def test_one_output_per_token_with_blanks_where_a_token_held_several_syllables() -> None:
    assert repairer().repair(["hs", "đt", "<phone:x1>", "?", "chotôihỏi"]) == [
        "hồ sơ",
        "điện thoại",
        "<phone:x1>",
        "?",
        "cho tôi hỏi",
    ]


def test_how_many_marks_are_missing_is_read_from_the_text_itself() -> None:
    assert repairer().repair_text("ban đêm xe chạy ồn quá, không ngủ được") == "ban đêm xe chạy ồn quá, không ngủ được"
    assert repairer().repair_text("ban oi cho hoi chut") == "bạn ơi cho hỏi chút"


def test_most_everyday_sentences_come_back_from_nothing() -> None:
    right = total = 0
    for line in TALK:
        for sentence in sentences(line):
            given_back = repairer().repair([fold(syllable) for syllable in sentence])
            right += sum(meant == word for meant, word in zip(sentence, given_back, strict=True))
            total += len(sentence)
    assert right >= 0.95 * total


def test_a_model_survives_the_disk_byte_for_byte(tmp_path: Path) -> None:
    small = LanguageModel.train(TALK, ["căn hộ", "hồ bơi"])
    small.save(tmp_path / "one.npz")
    read = LanguageModel.load(tmp_path / "one.npz")
    read.save(tmp_path / "two.npz")
    LanguageModel.train(TALK, ["căn hộ", "hồ bơi"]).save(tmp_path / "three.npz")
    contents = {file.read_bytes() for file in tmp_path.iterdir()}
    assert len(contents) == 1
    assert read.vocabulary == small.vocabulary
    pairs = [(a, b, c) for a in range(9) for b in range(9) for c in range(9)]
    assert all(read.score(*pair) == pytest.approx(small.score(*pair), abs=1e-4) for pair in pairs)


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(ValueError, match="no model of ours"):
        LanguageModel.load(tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError):
        LanguageModel.load(tmp_path / "missing.npz")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 4000,
        "lamkhaisinhchocon" * 230,
        "khongphaitoi " * 300,
        "toi di dau " * 360,
        "a." * 2000,
        "xqzj khaisn " * 330,
    ],
    ids=["letters", "one word", "glued", "plain", "dots", "noise"],
)
def test_the_longest_messages_take_less_than_a_second(text: str) -> None:
    fresh = Repairer(model(), SHORT)
    started = perf_counter()
    fresh.repair_text(text[:4000])
    assert perf_counter() - started < 1.0


@given(st.text() | st.text("aáàăâdđeêghnoôơtuưyxk 0123.,!?<>:@/\u0301\u0309", max_size=60))
def test_any_text_gives_nfc_and_is_repaired_without_an_error(text: str) -> None:
    assert unicodedata.is_normalized("NFC", repairer().repair_text(text))


@given(st.lists(st.text(max_size=30) | st.sampled_from(["chotoi", "k", "<email:1>", "tôi", "d9u7o7ng2"]), max_size=12))
def test_there_are_as_many_outputs_as_tokens_in_nfc(tokens: list[str]) -> None:
    outputs = repairer().repair(tokens)
    assert len(outputs) == len(tokens)
    assert all(unicodedata.is_normalized("NFC", output) for output in outputs)


@given(st.sampled_from([sentence for line in TALK for sentence in sentences(line)]), st.data())
def test_its_own_correct_output_stays(sentence: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sentence) - 1))
    once = repairer().repair(sentence[start:])
    assert once == sentence[start:]
    assert repairer().repair(once) == once


NUMBER_OR_ADDRESS = r"[0-9]{1,6}([./:-][0-9]{1,6}){0,3}|<phone:[a-z0-9]{1,8}>|https://[a-z]{1,9}\.vn/[a-zA-Z0-9]{0,9}"


@given(st.from_regex(NUMBER_OR_ADDRESS, fullmatch=True))
def test_numbers_placeholders_and_addresses_stay(token: str) -> None:
    assert repairer().repair(["toi", token, "di", "dau"])[1] == token
    assert token in repairer().repair_text(f"gọi {token} nha")
