"""What a citizen's words are in the complaint form: a description, a place, a way to be reached, or none of it.

Pure functions: the form decides with them, the tests try them on sentences.
"""

import re
from typing import Final

from actions.turn import CONTACT, Turn
from nlu.vietnamese.fold import fold

# Below this an other intent is not believed when a free answer is awaited.
DIGRESSION_AT: Final = 0.6
DIGRESSIONS: Final = (
    "procedure_",
    "dossier_",
    "complaint_status",
    "directory_",
    "notice_",
    "account_",
    "human_",
    "smalltalk_",
)
# Entities that are a place, the most exact first.
PLACES: Final = ("street", "landmark", "ward", "district")
MAX_CONTROL_WORDS: Final = 7
MAX_PLACE_WORDS: Final = 25
MAX_CHOICE_WORDS: Final = 12
STATEMENT_WORDS: Final = 9
SURE_DIGRESSION: Final = 0.9

# Words that say only that something is to be reported.
_REQUEST: Final = frozenset(
    """tôi tui em con cô chú bác anh chị mình ông bà muốn cần xin cho gửi phản ánh kiến nghị báo cáo sự cố có giúp giùm
    dùm với ạ nhé nha nghen đi một việc chuyện khiếu nại lên 1022 được không vậy ơi dạ về đến tới ở đây nè này làm sao
    như thế nào cái điều vụ vấn đề tính trình bày phường xã quận thành phố ủy ban khu xóm tổ dân ghi nhận
    ờ ừ ừm à thì là mà""".split()  # noqa: SIM905
)
_REQUEST_PLAIN: Final = frozenset(map(fold, _REQUEST))
# What an answer that is a place begins with.
_CUES: Final = """đường|hẻm|kiệt|ngõ|số nhà|nhà số|phường|xã|đặc khu|quận|huyện|thị trấn|khu phố|tổ dân phố|ấp|
    chung cư|ngã tư|ngã ba|ngã năm|ngã sáu|vòng xoay|bùng binh|cầu|chợ|công viên|trường|bệnh viện|quốc lộ|tỉnh lộ|
    xa lộ|đại lộ|kênh|rạch|bến xe|khu dân cư|khu đô thị|cư xá|trước|đối diện|gần|kế|cạnh|sau lưng|tại|góc|đầu|cuối|
    cổng|ngoài|khúc|đoạn|lề|dải phân cách|chùa|nhà thờ|đình|siêu thị|tường rào|sân vận động|bãi"""
_CUE: Final = re.sub(r"\s*\n\s*", "", _CUES)
# Without diacritics "chợ" and "cho", "cầu" and "câu" are one; these are not mistaken.
_PLAIN_CUE: Final = (
    "duong|hem|so nha|nha so|phuong|quan|nga tu|nga ba|chung cu|khu pho|quoc lo|vong xoay|truoc nha|doi dien"
)
_NUMBER: Final = r"(?:số |so )?\d{1,4}[a-z]?(?:[/\-]\d+\w*)*\s+[a-zà-ỹđ]{2}"
_STARTS: Final = re.compile(rf"(?:(?:ở|dạ|tôi|tui|em|ngay|chỗ)\s+)*(?:(?:{_CUE})\s+\S|{_NUMBER})")
_STARTS_PLAIN: Final = re.compile(rf"(?:(?:o|da|toi|tui|em|ngay|cho)\s+)*(?:(?:{_PLAIN_CUE})\s+\S|{_NUMBER})")
_UPPER: Final = "A-Z" + "".join(filter(str.isupper, map(chr, range(0xC0, 0x1EFA))))
_QUESTION: Final = re.compile(
    r"\?|\b(?:o dau|bao nhieu|lam sao|tai sao|the nao|can gi|giay gi|bao lau|may gio|duoc khong|gi vay|la gi|"
    # "Trần Não" is a street.
    r"(?:khi|luc|noi|cho|cai|giay|nguoi|phuong|duong|viec) nao)\b"
)
_ASKING: Final = re.compile(rf"{_QUESTION.pattern}|\bco\b.*\b(?:khong|hong|hok|ko|chua)$")
# Said of papers and persons, not of places.
_NOT_PLACE: Final = re.compile(r"\b(?:ho so|thu tuc|cua toi|cua tui|giay to|gap nguoi|gap can bo)\b")
# In a description only a name or a number after the cue makes it a place: "đường hư" is none.
_PLACE_IN_TEXT: Final = re.compile(
    r"\b((?:(?:trước|gần|đối diện|ngay|cạnh|kế|ở|tại|truoc|doi dien)\s+)?"
    r"(?:số nhà|nhà số|số|hẻm|ngõ|đường|ngã tư|ngã ba|chợ|cầu|chung cư|phường|xã|hem|duong|nga tu|phuong)\s+"
    rf"(?:\d[\w/\-]*|[{_UPPER}][\wÀ-ỹ]*).*)$"
)
# A number, or a capital letter after the first word: what names of places have.
_NAME: Final = re.compile(rf"\d|\s[{_UPPER}]")
_LEADING: Final = re.compile(r"^(?:ở|tại|o|tai)\s+", re.IGNORECASE)


def has_content(text: str) -> bool:
    """Tell whether more is said than the wish to report something."""
    lower = text.lower()
    request = _REQUEST_PLAIN if fold(lower) == lower else _REQUEST
    words = [word for word in re.findall(r"\w+", lower) if word not in request]
    return len(words) >= 2 or (len(words) == 1 and len(words[0]) >= 2)


def looks_like_place(text: str) -> bool:
    """Tell whether a text by itself names a place ("hẻm 3 Cách Mạng Tháng Tám", "phường Khai Quang")."""
    lower = " ".join(text.lower().split())
    folded = fold(lower)
    starts = _STARTS_PLAIN if folded == lower else _STARTS
    return bool(starts.match(lower)) and not _QUESTION.search(folded) and len(lower.split()) <= MAX_PLACE_WORDS


def is_only_place(turn: Turn) -> bool:
    """Tell whether the turn does nothing but name a place, so surely that it corrects one given before."""
    return (
        bool(turn.text) and find_place(turn.text) == _LEADING.sub("", turn.text).strip(" .,;!") and not is_control(turn)
    )


def find_place(text: str) -> str:
    """Give the part of a description that surely names a place, "" if none does."""
    match = _PLACE_IN_TEXT.search(text)
    return _LEADING.sub("", match[1]).strip(" .,;!") if match else ""


def place_in(turn: Turn) -> str:
    """Give the place that a description names, "" if none; "trong hẻm này" names none."""
    named = find_place(turn.text)
    return named or ", ".join(turn.entity(name) for name in PLACES if turn.entity(name))


def is_question(turn: Turn) -> bool:
    """Tell whether something is asked rather than answered ("để số lại có ai biết không")."""
    return bool(_ASKING.search(turn.folded))


def is_control(turn: Turn) -> bool:
    """Tell whether the turn steers the conversation rather than answering; long texts do not."""
    n_words = len(turn.text.split())
    is_sure = turn.confidence >= DIGRESSION_AT or n_words <= 2
    return turn.is_intent("control_") and is_sure and n_words <= MAX_CONTROL_WORDS


def is_digression(turn: Turn) -> bool:
    """Tell whether the turn surely asks for something else."""
    return turn.is_intent(*DIGRESSIONS) and turn.confidence >= DIGRESSION_AT


def is_statement(turn: Turn) -> bool:
    """Tell whether the turn tells rather than asks: complaints about papers sound like questions about them."""
    is_told = len(turn.text.split()) >= STATEMENT_WORDS and not _QUESTION.search(turn.folded)
    return is_told and turn.confidence < SURE_DIGRESSION


def wants_to_report(turn: Turn) -> bool:
    """Tell whether what was taken for "what became of my complaint" is the wish to make one."""
    return bool(turn.text) and not has_content(turn.text)


def read_description(turn: Turn) -> str | None:
    """Give the description; "" if the text says too little; None if it is no answer."""
    if not turn.text or turn.is_intent("emergency_"):
        return None
    is_other = is_control(turn) or (is_digression(turn) and not is_statement(turn))
    if is_other and not turn.entity("complaint_category"):
        return None
    return turn.text if has_content(turn.text) else ""


def read_place(turn: Turn) -> str | None:
    """Give the place; "" if the text names none; None if it is no answer."""
    if not turn.text or turn.is_intent("emergency_"):
        return None
    if looks_like_place(turn.text):
        return _LEADING.sub("", turn.text).strip()
    if turn.is_intent("control_deny", "control_affirm", "control_skip"):
        return ""
    is_asking = turn.accepted and (_QUESTION.search(turn.folded) or _NOT_PLACE.search(turn.folded))
    is_other = turn.is_intent(*DIGRESSIONS, "control_stop", "control_back", "control_repeat", "control_help")
    if is_control(turn) or is_digression(turn) or is_asking or (is_other and not _NAME.search(turn.text)):
        return None
    return turn.text if len(re.findall(r"[^\W\d_]", turn.text)) >= 3 else ""


def read_contact(turn: Turn) -> str:
    """Give the placeholder of a phone number or e-mail address, "" if there is none."""
    match = CONTACT.search(turn.text)
    return match[0] if match else ""


def read_choice(turn: Turn, options: tuple[str, ...], words: dict[str, str]) -> str:
    """Give the option that was tapped, numbered or named, "" if none.

    Args:
        turn: The citizen's answer.
        options: As the buttons show them, in order.
        words: Option → words (folded, "|" between them) that name it.
    """
    choice = turn.entity("choice")
    if choice in options:
        return choice
    number = turn.number(len(options)) if turn.is_intent("control_choose") else 0
    if number:
        return options[number - 1]
    for option, pattern in words.items():
        if turn.text and len(turn.text.split()) <= MAX_CHOICE_WORDS and re.search(rf"\b(?:{pattern})\b", turn.folded):
            return option
    return ""


def named_field(turn: Turn, fields: dict[str, str]) -> str:
    """Give the question that "sửa địa chỉ" or a button names, "" if none does.

    Args:
        turn: The citizen's answer.
        fields: Question → words (folded, "|" between them).
    """
    said = fold(turn.entity("complaint_field")) or turn.folded
    lengths = {name: _longest(pattern, said) for name, pattern in fields.items()}
    best = max(lengths, key=lambda name: lengths[name])
    return best if lengths[best] else ""


def _longest(pattern: str, text: str) -> int:
    return max((len(word) for word in pattern.split("|") if re.search(rf"\b{word}\b", text)), default=0)
