"""What holds for any text, what values are, where entities count, and that lists find what they name."""

import itertools
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.entity_rules.extract import EntityRules
from nlu.entity_rules.lists import Lists
from nlu.vietnamese.fold import fold
from tests.unit.entity_rules.marks import NLU, as_spans

RULES = EntityRules.load()
LISTS = Lists.load(NLU / "lists" / "entities")
DEFINED = yaml.safe_load((NLU / "entities.yml").read_text(encoding="utf-8"))
WORDS = """đường hẻm số 12 45/12 phường quận p.5 q3 Nguyễn Trãi chợ Bà Chiểu cầu má tui con em cho ba mẹ 80 tuổi
    hôm qua tối 3 ngày nay tháng 2 triệu rưỡi 50k khai sinh sổ đỏ xe máy lớp cấp 1 rác ngập gọi là bác thứ hai sửa
    địa chỉ <phone:x1> H29.12-251103-0042 PA-251103-7K2MQ9 , . - / ! (cũ) toi ma ngay nam truong binh thanh o le loi
    """.split()  # noqa: SIM905
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
INTENTS = st.sampled_from(
    ("", "complaint_file", "account_set_title", "control_edit", "control_choose", "procedure_ask")
)


@given(TEXTS, INTENTS)
@settings(max_examples=400, deadline=None)
def test_any_text_gives_clean_spans(text: str, intent: str) -> None:
    found = RULES.find(text, intent, "complaint" if intent == "complaint_file" else "")
    assert all(entity.name in DEFINED for entity in found)
    assert all(0 <= entity.start < entity.end <= len(text) for entity in found)
    assert all(text[entity.start : entity.end] == text[entity.start : entity.end].strip() for entity in found)
    assert all(left.end <= right.start for left, right in itertools.pairwise(found))
    assert all(entity.value for entity in found)


@pytest.mark.parametrize(
    ("text", "intent", "value"),
    [
        ("hồ sơ h29.12-240101-0001", "dossier_check", "H29.12-240101-0001"),
        ("mã pa-261015-9h3kwd", "complaint_status", "PA-261015-9H3KWD"),
        ("ở Phường 12 Quận 3", "directory_office", "Phường 12 Quận 3"),
        ("gọi <phone:x1> nha", "human_ask", "<phone:x1>"),
        ("cái thứ hai", "control_choose", "2"),
        ("cai cuoi cung", "control_choose", "-1"),
        ("số 07", "control_choose", "7"),
        ("sua lai dia chi", "control_edit", "place"),
        ("đổi sđt", "control_edit", "contact"),
        ("goi toi la bac", "account_set_title", "bác"),
        ("kêu tui chú Năm nha", "account_set_title", "chú Năm"),
    ],
)
def test_values(rules: EntityRules, text: str, intent: str, value: str) -> None:
    assert [entity.value for entity in rules.find(text, intent)] == [value]


def test_option_and_field_values_are_those_that_the_actions_read() -> None:
    numbers = {str(value) for value in LISTS.files["option_numbers"]}
    assert numbers == {"-1", *map(str, range(1, 11))}
    assert {"place", "photo", "description", "contact"} <= set(LISTS.files["complaint_fields"])


@pytest.mark.parametrize(
    ("text", "intent", "skill", "name", "is_found"),
    [
        ("rác đầy hẻm", "complaint_file", "complaint", "complaint_category", True),
        ("rác đầy hẻm", "complaint_reopen", "complaint", "complaint_category", True),
        ("rác đầy hẻm", "directory_place", "directory", "complaint_category", False),
        ("rác đầy hẻm", "", "", "complaint_category", True),
        ("gọi tôi là bác", "account_set_title", "account", "citizen_title", True),
        ("gọi tôi là bác", "smalltalk_greet", "smalltalk", "citizen_title", False),
        ("sửa địa chỉ", "control_edit", "control", "complaint_field", True),
        ("sửa địa chỉ", "complaint_add_info", "complaint", "complaint_field", False),
        ("số 2", "control_choose", "control", "option_number", True),
        ("số 2", "control_deny", "control", "option_number", False),
    ],
)
def test_only_in(rules: EntityRules, text: str, intent: str, skill: str, name: str, is_found: bool) -> None:
    assert (name in {entity.name for entity in rules.find(text, intent, skill)}) == is_found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("số tui 0909 123 456 nha", "phone"),
        ("sđt +84909123456", "phone"),
        ("căn cước 079203012345", "cccd"),
        ("cmnd cũ 023456789", "cccd"),
        ("mail a.b@example.com", "email"),
        ("<cmnd:x1>", "cccd"),
    ],
)
def test_personal_numbers_also_where_nobody_masked_them(rules: EntityRules, text: str, kind: str) -> None:
    assert kind in {entity.name for entity in rules.find(text, "out_of_scope")}


@pytest.mark.parametrize("text", ["gọi 1022, 113, 114", "tổng đài 19001234", "thủ tục 1.001193", "500.000.000 đồng"])
def test_public_numbers_are_nobodys(rules: EntityRules, text: str) -> None:
    assert not {entity.name for entity in rules.find(text, "out_of_scope")} & {"phone", "cccd"}


def _missed(rules: EntityRules, name: str, before: str, phrases: list[str], intent: str = "notice_news") -> list[str]:
    missed = []
    for phrase in phrases:
        is_plain = fold(before + phrase) == before + phrase
        text = f"{before}{phrase}, {'giup em voi' if is_plain else 'giúp em với'}"
        if (name, 0, len(before + phrase)) not in as_spans(rules.find(text, intent, "complaint")):
            missed.append(phrase)
    return missed


def test_every_ward_and_district_is_found_in_any_spelling(rules: EntityRules) -> None:
    wards = LISTS.names("wards", "new", "old")
    assert not _missed(rules, "ward", "phường ", wards)
    assert not _missed(rules, "ward", "phuong ", [fold(ward) for ward in wards])
    assert not _missed(rules, "district", "", LISTS.names("districts", "names"))
    assert not _missed(rules, "district", "quan ", [fold(name) for name in LISTS.names("districts", "names")])


def test_every_street_is_found_after_its_word(rules: EntityRules) -> None:
    names = LISTS.names("streets", "names")
    assert not _missed(rules, "street", "đường ", names)
    assert not _missed(rules, "street", "đường ", [name.lower() for name in names])
    assert len(_missed(rules, "street", "duong ", [fold(name) for name in names])) <= 3


def test_every_listed_thing_is_found(rules: EntityRules) -> None:
    assert not _missed(rules, "document", "", LISTS.names("documents", "names"))
    assert not _missed(rules, "vehicle", "", LISTS.names("vehicles", "names"))
    assert not _missed(rules, "school_level", "", LISTS.names("school_levels", "names"))
    assert not _missed(rules, "relation", "", LISTS.names("relations", "sure"))
    assert not _missed(rules, "landmark", "", LISTS.names("landmarks", "names"))


def test_most_categories_are_found_whole(rules: EntityRules) -> None:
    names = LISTS.names("complaint_categories", "names")
    assert len(names) >= 150
    assert len(_missed(rules, "complaint_category", "", names, "complaint_file")) <= len(names) * 0.02


def test_lists_are_clean() -> None:
    for file, content in LISTS.files.items():
        for section, entries in content.items():
            words = [str(entry).casefold() for entry in entries] if isinstance(entries, list) else []
            assert all(word == " ".join(word.split()) and word for word in words), (file, section)
    assert len(set(LISTS.files["wards"]["new"])) == 168


def test_a_missing_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"entities\.yml"):
        EntityRules.load(tmp_path)


SENTENCE = "xe máy đậu trước 45/12 Lê Văn Sỹ phường 12 quận 3 từ hôm qua tới giờ má tui 80 tuổi đi không được"


@pytest.mark.parametrize(
    "piece",
    [
        f"{SENTENCE} ", "a", "1", "1 ", "1,", "1.", "12/", "hai ", "hẻm ", "hẻm 5 ", "đường ", "Nguyễn ", "ngã tư ",
        "má ", "H29.", "PA", "<phone:", "một trăm ", "phường 1 quận ", "sáng ", " ", "Lê Lợi - ", "a@",
        "gọi tôi là chị ",
    ],
)  # fmt: skip
def test_long_texts_take_linear_time(rules: EntityRules, piece: str) -> None:
    text = (piece * 4000)[:4000]
    start = time.perf_counter()
    rules.find(text, "complaint_file", "complaint")
    # 20 to 100 ms on the development machine; a regular expression that explodes takes seconds.
    assert time.perf_counter() - start < 1
