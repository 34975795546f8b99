"""Days and times of a day, week, month or year, said as a date or from today."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.template import Template
from nlu.vietnamese.fold import fold

Span = tuple[int, int]
# "xáng", "chìu": as some write them.
_PART: Final = r"(?:sáng sớm|sáng|xáng|trưa|chiều|chìu|xế chiều|tối|nửa đêm|đêm|khuya)"
_DIGIT: Final = r"(?:một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín)"
_LAST_DIGIT: Final = r"(?:mốt|một|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín)"
_NUMBER: Final = (
    r"(?:\d{1,3}(?: ?(?:-|–|,|đến|tới) ?\d{1,3})?"
    rf"|(?:{_DIGIT} )?(?:mươi|mười|chục)(?: (?:{_LAST_DIGIT}|mấy))?"
    rf"|cả chục|{_DIGIT}(?: {_DIGIT})?|mấy|vài|nửa|mươi)"
)
_DAY: Final = rf"(?:\d{{1,2}}|(?:{_DIGIT} )?(?:mươi|mười)(?: {_LAST_DIGIT})?|tư|{_DIGIT})"
_MONTH: Final = rf"(?:\d{{1,2}}|giêng|chạp|mười một|mười hai|mười|tư|{_DIGIT})"
_UNIT: Final = r"(?:ngày|bữa|hôm|tuần lễ|tuần|tháng|năm|đêm|tối)"
# "tháng 8 tới giờ" is since August.
_TO: Final = r"tới(?! (?:giờ|nay|bây|ngày|tháng|hôm|bữa|cuối|đầu|\d)(?![^\W_]))"
_REF: Final = rf"(?:này|nay|{_TO}|sau|trước|rồi|vừa rồi|vừa qua|qua|kế tiếp|kế|tiếp theo)"
_YEAR: Final = r"(?: ?[/\-.] ?\d{4}| năm \d{4}| năm (?:nay|ngoái|trước|sau|tới|rồi|vừa rồi)| \d{4})"
# "ngày thứ hai mươi mốt" is the 21st of some days.
_NOT_TENS: Final = r"(?! (?:mươi|mười|chục)(?![^\W_]))"
_WEEKDAY: Final = (
    rf"(?:thứ ?(?:hai{_NOT_TENS}|ba{_NOT_TENS}|tư|năm{_NOT_TENS}|sáu|bảy|bẩy|[2-7])|t[2-7]|chủ nhật|chủ nhựt|chúa nhật)"
)
_NUMERIC: Final = r"\d{1,2}(?:[/\-]\d{1,2}(?:[/\-](?:\d{4}|\d{2}))?|\.\d{1,2}\.\d{4})"
# "ngày 3 lần", "tháng 2 triệu": so often, so much.
_NOT_COUNTED: Final = r"(?! (?:lần|buổi|bữa|triệu|ngàn|nghìn|tr|người|viên|cái|đợt|tiếng|lượt)(?![^\W_]))"
_LUNAR: Final = r"(?: (?:tết|âm lịch|âm))?"
_NEAR: Final = r"(?:cả |hơn |gần |hơn cả )"
_EDGE: Final = r"(?:đầu |giữa |cuối )"

_CALENDAR: Final = (
    rf"(?:ngày|hôm|bữa) {_DAY} tháng {_MONTH}{_YEAR}?{_LUNAR}",
    rf"\d{{1,2}} tháng \d{{1,2}}{_NOT_COUNTED}{_YEAR}?{_LUNAR}",
    rf"(?:ngày |hôm |bữa )?(?:mùng|mồng) {_DAY}(?: tháng {_MONTH})?{_YEAR}?{_LUNAR}",
    rf"(?:ngày |hôm |bữa |đêm )?rằm(?: tháng {_MONTH})?",
    rf"(?:ngày |hôm |bữa )?{_NUMERIC}",
    rf"ngày {_DAY}{_NOT_COUNTED}(?: (?:này|{_TO}|vừa rồi|tháng {_REF}))?",
    rf"(?:hôm|bữa) \d{{1,2}}{_NOT_COUNTED}",
    r"(?:ngày )?\d{1,2} (?:tết|âm lịch)",
)
_DAYS: Final = (
    r"(?:hồi )?(?:ngày )?hôm (?:qua|nay|ni|tê|kia|kìa|trước|rồi|nọ|bữa|hổm|sau|mai)",
    r"(?:hồi )?bữa (?:qua|nay|ni|tê|kia|kìa|trước|rồi|nọ|hôm|hổm|mai|mốt|giờ|rày)",
    r"ngày (?:mai|mốt|kia)",
    rf"(?:ngày |hôm |bữa )?{_WEEKDAY}(?: tuần {_REF}| {_REF})?",
)
_ANY_DAY: Final = "|".join((*_CALENDAR, *_DAYS))
_SPANS: Final = (
    rf"(?:hồi |lúc )?{_PART} (?:{_ANY_DAY})",
    _ANY_DAY,
    rf"(?:hồi |lúc )?{_PART} (?:nay|ni|mai|mốt|qua|kia|kìa|rồi|hôm)",
    r"(?:hồi |sáng )sớm (?:nay|mai)",
    rf"hồi (?:{_PART}|hôm|hổm)",
    rf"(?:từ )?{_PART} (?:tới|đến) giờ|(?:sáng|trưa|chiều|tối) giờ",
    r"hổm (?:rày|nay|giờ)",
    rf"{_NUMBER} {_UNIT} (?:nay|ni|rồi|rày|qua|giờ|trước|vừa rồi|vừa qua|nữa|{_TO}|sau)(?! khi(?![^\W_]))",
    rf"{_NEAR}(?:ngày|bữa|tuần|tháng|năm|đêm) (?:nay|rồi|rày|qua|trước)",
    rf"cách (?:đây|nay) (?:hơn |gần |khoảng )?{_NUMBER} {_UNIT}",
    rf"(?:đầu |giữa |cuối )?(?:tuần|tháng|năm) {_REF}",
    rf"(?:đầu |giữa |cuối )?tháng {_MONTH}{_NOT_COUNTED}(?:{_YEAR}| (?:này|{_TO}|sau|trước|vừa rồi|vừa qua))?",
    r"(?:đầu |giữa |cuối )?năm (?:\d{4}|ngoái|kia|[4-9]\d)",
    rf"{_EDGE}(?:tuần|tháng|năm|mùa mưa|mùa khô)",
    r"sang năm",
    rf"quý [1-4](?:{_YEAR})?",
    r"\d{1,2}/(?:19|20)\d\d",
    r"(?:trước|sau|ra|qua|giáp|cận) tết",
    r"tết (?:này|năm nay|năm ngoái|năm sau|vừa rồi|tới|sắp tới)",
    r"đêm giao thừa|giao thừa|(?:đêm |lễ )?(?:noel|giáng sinh) (?:này|năm nay|năm ngoái|tới|rồi)|đêm noel",
    r"trung thu (?:này|năm nay|tới)",
    r"hnay|hqua|hum (?:qua|nay|trước|rồi|bữa|kia)|(?:hôm|tối|đêm|chiều|sáng) wa",
    r"last (?:night|week|month|year|monday|friday|saturday|sunday)|next (?:week|month|year)"
    r"|this (?:morning|week|month)|yesterday|tomorrow|tonight|today",
    r"mai mốt|mai",
)
_DATE: Final = Template("|".join(_SPANS))

# "45/12 Lê Lợi", "lầu 3", "đường 3/2": what stands before a number that is no date.
_HOUSE: Final = re.compile(
    r"(?:số nhà|nhà số|số|hẻm|ngõ|kiệt|nhà|đường|lô|căn|so|hem|duong|nha|can|công viên|cong vien|kênh|mã|ma|tỷ lệ"
    r"|hạng|hang|khổ)"
    r"[ \u00a0]*$",
    re.IGNORECASE,
)
_DAY_MONTH: Final = re.compile(r"(?<!\d)(\d{1,2})[/\-.](\d{1,2})(?:[/\-.](\d{2,4}))?$")
# "trước hẻm 5 ngày nay": for five days, in front of the lane.
_SINCE: Final = re.compile(r"[1-9]\d? (?:ngày|bữa|tuần|tháng|ngay|bua|tuan|thang) nay", re.IGNORECASE)
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})/\d{4}")
_MARKED: Final = re.compile(r"[^\x00-\x7f]")
_LAST_WORD: Final = re.compile(r"([^\W_]+)[ \u00a0]*$")
_FIRST_WORD: Final = re.compile(r"[ \u00a0]*([^\W_]+)")
_TRAILING_TO: Final = re.compile(r"(?<!tuan)(?<!thang)(?<!ngay)(?<!bua)(?<!nam)[ \u00a0]+toi$", re.IGNORECASE)
# Half a phrase, or another one without its diacritics.
_NEVER: Final = frozenset(("đêm hôm", "tối rồi", "sáng rồi", "trưa rồi", "chiều rồi", "khuya rồi", "đêm rồi"))
_NEVER_PLAIN: Final = frozenset(
    (
        "hoi toi",
        "luc nay",
        "vua nay",
        "moi nay",
        "toi kia",
        "sang roi",
        "toi roi",
        "toi gio",
        "dem hom",
        "toi hom",
        "ram",
        "toi ram",
    )
)


class Dates:
    """Finds dates."""

    def __init__(self, lists: Lists) -> None:
        self._words = {section: words.bare for section, words in lists.word_sets("dates").items()}

    def find(self, line: Line) -> Iterator[Span]:
        """Give the offsets of dates, left to right, without overlap."""
        for found in _DATE.find(line):
            match = self._without_owned_word(line, found)
            if match and self._is_date(line, match):
                yield match.start(), self._end(line, match)

    def _without_owned_word(self, line: Line, match: re.Match[str]) -> re.Match[str] | None:
        """Leave out the number of "lớp 1 năm nay" and the "chieu" of "ho chieu thu ba"."""
        before, _ = _neighbours(line.text, match)
        first, _, rest = match[0].partition(" ")
        if before == "hem" and _SINCE.fullmatch(match[0]):
            return match
        is_owned = first.isdigit() or (first.lower() == "chieu" and before == "ho")
        if not rest or not is_owned or before not in self._words["owners"]:
            return match
        return _DATE.match(line, match.start() + len(first) + 1, match.end())

    def _is_date(self, line: Line, match: re.Match[str]) -> bool:
        said = " ".join(match[0].lower().split())
        before, after = _neighbours(line.text, match)
        if said == "mai":
            return self._is_tomorrow(line, match[0], before, after)
        is_ordinal = said.startswith(("thứ", "thu")) and before in self._words["ordinals"]
        is_ordinal = is_ordinal and " tuần " not in said and " tuan " not in said
        is_stair = said.startswith("thang") and before in self._words["before_thang"]
        is_terminal = len(said) == 2 and before in self._words["before_t"]
        if said in _NEVER or is_ordinal or is_stair or is_terminal:
            return False
        if said[0].isdigit() and not self._is_calendar(line.text, match, before):
            return False
        return _MARKED.search(said) is not None or self._is_clear(said, before, after)

    def _is_tomorrow(self, line: Line, said: str, before: str, after: str) -> bool:
        if said == "Mai" or after in self._words["after_mai"] or before in self._words["before_mai"]:
            return said == "Mai" and not before and after in self._words["cue_after_mai"]
        has_cue = before in self._words["cue_before_mai"] or after in self._words["cue_after_mai"]
        return line.is_accented or not before or has_cue

    def _is_clear(self, said: str, before: str, after: str) -> bool:
        """Tell whether words without diacritics are a date: "toi qua" is not before "phuong"."""
        if said in _NEVER_PLAIN:
            return False
        if said in ("toi qua", "hoi toi qua"):
            return after not in self._words["after_toi_qua"] and not after[:1].isdigit()
        if said == "toi nay":  # "từ 1/10 tới nay"
            return after not in self._words["after_toi_nay"] and not (after[:1].isdigit() or before[-1:].isdigit())
        if said.endswith(" qua") and after == "hen":  # "cả tuần quá hẹn"
            return False
        return not (said in ("hoi sang", "sang qua") and after in self._words["after_sang"])

    def _is_calendar(self, text: str, match: re.Match[str], before: str) -> bool:
        """Check a match that begins with a number: day and month in range, no house number, no count."""
        is_house = _HOUSE.search(text[max(0, match.start() - 12) : match.start()]) is not None
        if (is_house and not _SINCE.fullmatch(match[0])) or text[match.end() : match.end() + 1] == "/":
            return False
        month = _MONTH_YEAR.fullmatch(match[0])
        if month:
            return 1 <= int(month[1]) <= 12
        parts = _DAY_MONTH.search(match[0])
        if not parts:
            return True
        if not (1 <= int(parts[1]) <= 31 and 1 <= int(parts[2]) <= 12) or match[0] == "24/7":
            return False
        return "/" in match[0] or bool(parts[3]) or before in self._words["before_numeric"]

    def _end(self, line: Line, match: re.Match[str]) -> int:
        """Leave out the "toi" of "thang 10 toi co bao": it is tôi; in "tuan toi co" it is tới."""
        trailing = _TRAILING_TO.search(match[0])
        _, after = _neighbours(line.text, match)
        if trailing and after in self._words["after_self"]:
            return match.start() + trailing.start()
        return match.end()


def _neighbours(text: str, match: re.Match[str]) -> tuple[str, str]:
    before = _LAST_WORD.search(text[max(0, match.start() - 24) : match.start()])
    after = _FIRST_WORD.match(text, match.end())
    return fold(before[1]) if before else "", fold(after[1]) if after else ""
