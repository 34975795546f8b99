"""Amounts of money and ages, in digits or words."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.template import Template
from nlu.vietnamese.fold import fold

Span = tuple[int, int]
_DIGIT: Final = r"(?:một|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mốt|mấy)"
# Bounded: "1,1,1,…" must not be read again from every digit.
_DIGITS: Final = r"\d{1,12}(?:[.,]\d{1,3}){0,4}"
_WORDS: Final = (
    rf"(?:(?:{_DIGIT} trăm(?: (?:lẻ|linh))? )?(?:{_DIGIT} )?(?:mươi|mười|chục)(?: {_DIGIT})?"
    rf"|{_DIGIT} trăm(?: (?:lẻ|linh))?(?: {_DIGIT})?|{_DIGIT}(?: {_DIGIT})?|vài|nửa|mươi)"
)
_NUMBER: Final = rf"(?:{_DIGITS}|{_WORDS})"
_COUNT: Final = r"(?:(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín) (?:trăm|chục|mươi)|một trăm|mười|năm mươi)"
_THOUSAND: Final = r"(?:ngàn|nghìn|ngìn)"
_SCALE: Final = rf"(?:(?:chục|trăm) (?:{_THOUSAND}|triệu)|{_THOUSAND}|triệu|tỷ|tỉ|tr|k)"
# Without diacritics "dong thue" is đóng thuế.
_COIN: Final = r"(?:đồng bạc|đồng(?! (?:thuế|tiền|phạt|phí|lệ|bảo|học))|đ|vnđ|vnd|đô la mỹ|đô la|đô|usd|euro)"
_UNIT: Final = (
    "chiếc|cuốn|tờ|bộ|kg|ký|mét|suất|vé|phần|căn|tấm|lít|cây|chục|trăm|người|ngày|tháng|tuần|năm|lần|m|km|cái|bản|giấy"
    "|bữa|giờ|lượt|xe|hộ|đứa|con"
)
_RANGE: Final = rf"(?:{_NUMBER} ?(?:-|–|đến|tới|hay) ?)?"
_AFTER_MILLION: Final = r"(?:(?<=triệu)|(?<=tỷ)|(?<=tỉ))"
# "rưỡi", "500 ngàn", "hai", "2" after "2 triệu".
_TAIL: Final = (
    rf"(?: rưỡi| (?:{_WORDS} {_THOUSAND}|{_DIGITS} ?(?:{_THOUSAND}|k))|{_AFTER_MILLION} {_DIGIT}(?! (?:{_UNIT}))"
    rf"|(?:(?<=tr)|(?<=tỷ)|(?<=tỉ)) ?\d{{1,3}}(?! ?(?:{_UNIT}|%))"
    rf"|{_AFTER_MILLION} [2-9](?! ?(?:{_UNIT})|[/.,]?\d))"
)
_MONEY: Final = Template(
    rf"{_RANGE}{_NUMBER} ?{_SCALE}{_TAIL}?(?: ?{_COIN})?"
    rf"|(?:(?:mấy|vài|cả|hàng) )?(?:chục|trăm) (?:{_THOUSAND}|triệu|tỷ|tỉ)(?: rưỡi)?(?: {_COIN})?"
    rf"|{_RANGE}{_DIGITS} ?{_COIN}"
    rf"|{_COUNT} (?:đồng|đô)"
)
_AGE_NUMBER: Final = rf"(?:\d{{1,3}}(?: ?(?:-|–|đến|tới|hay|,) ?\d{{1,3}})?|(?!mấy|may|vài|vai|nửa|nua){_WORDS})"
_AGE: Final = Template(
    rf"{_AGE_NUMBER}(?: mấy)? (?:(?:tháng|tuần|ngày) )?tuổi(?: rưỡi)?|\d{{1,3}}(?:-\d{{1,3}})?(?:tuổi| ?t)"
)
_SHORT_AGE: Final = re.compile(r"(\d{1,3}) ?t", re.IGNORECASE)
# "chấm 10đ": points, no coin is that small.
_POINTS: Final = re.compile(r"\d{1,2} ?[đd]", re.IGNORECASE)
_BABY: Final = Template(
    r"(?:em bé|bé|cháu bé|con bé)(?: (?:mới|chừng|khoảng|được|hơn|gần|cỡ|tầm)){1,2}"
    r" \d{1,2} tháng(?! (?:nay|rồi|trước|qua|nữa|tới|sau|tuổi))"
)
_BABY_AGE: Final = re.compile(r"\d.*")
_OLDEST: Final = 115
_WITH_COIN: Final = re.compile(r"(?:ngàn|nghìn|ngan|nghin|triệu|trieu|\d{3}) ?(?:đồng|dong|đ|vnd|vnđ)$", re.IGNORECASE)
_NEXT: Final = re.compile(r"[ \u00a0]{0,3}([^\W\d_]+)")
_LAST: Final = re.compile(r"([^\W_]+)[ \u00a0]*$")


class Amounts:
    """Finds amounts of money and ages of people."""

    def __init__(self, lists: Lists) -> None:
        words = lists.word_sets("amounts")
        self._counted, self._weights = words["counted"].bare, words["weights"].bare

    def money(self, line: Line) -> Iterator[Span]:
        """Give the offsets of amounts of money."""
        for match in _MONEY.find(line):
            after = _NEXT.match(line.text, match.end())
            if _POINTS.fullmatch(match[0]):
                continue
            if not after or fold(after[1]) not in self._counted or _WITH_COIN.search(match[0]):
                yield match.span()

    def ages(self, line: Line) -> Iterator[Span]:
        """Give the offsets of ages."""
        for match in _AGE.find(line):
            short = _SHORT_AGE.fullmatch(match[0])
            before = _LAST.search(line.text[max(0, match.start() - 16) : match.start()])
            is_weight = before is not None and fold(before[1]) in self._weights
            if not short or (1 <= int(short[1]) <= _OLDEST and not is_weight):
                yield match.span()
        for match in _BABY.find(line):
            age = _BABY_AGE.search(match[0])
            if age:
                yield match.start() + age.start(), match.end()
