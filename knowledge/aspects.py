"""Which part of a procedure a question asks about, and which words of it name the procedure. Pure functions on text."""

import re
from dataclasses import dataclass

from knowledge.types import Aspect
from nlu.vietnamese.fold import fold
from nlu.vietnamese.tokenize import syllables

# Folded phrases, so that questions without diacritics work; the first aspect that fits a place in the text takes it.
_PHRASES: tuple[tuple[Aspect, tuple[str, ...]], ...] = (
    (
        "time",
        (
            r"(mat |ton |het )?bao lau",
            r"(mat |ton |het |trong |cho )?(bao nhieu|nhieu|may) (ngay|tuan|thang|bua|tieng)"
            r"( (thi )?(moi )?(xong|co ket qua|co|ra ket qua|tra ket qua|lay duoc|nhan duoc)(?!\S)|(?! thi))",
            r"(bao gio|khi nao|chung nao|ngay nao|hom nao|bua nao) (thi )?(moi )?(duoc |co |den )?(xong|lay|nhan|tra)",
            r"(bao gio|khi nao|chung nao) (thi )?(moi )?co( ket qua)?",
            r"thoi (gian|han)( giai quyet| xu ly| lam| cap)?|(co )?lau (khong|hong|ko|hok|k)|lay (lien|ngay)|hen may",
        ),
    ),
    (
        "fee",
        (
            r"le phi|chi phi|muc (thu|phi)|mien phi|(ton|mat|dong|nop|thu|co) phi|phi (bao nhieu|nhieu|the nao|sao)",
            r"(ton |mat |het |dong |tra |gia )?(bao nhieu|nhieu|nhiu|may) tien",
            r"(ton|het|dong|tra|gia|phi|mat) (khoang )?(bao nhieu|nhieu|nhiu)",
            r"(ton|mat|dong|tra) (tien|kem)|tien (phi|nop)",
            r"(bao nhieu|bao nhiu|nhieu|nhiu)(?= (vay|a|ha|the|day|nhi)\b|$)",
            r"^(con |roi )?(phi|tien)( (sao|thi sao|nong|gi|the nao))?$",
            r"tien (bac|nong)( tinh)?( (sao|the nao|ra sao))?|(ton|mat) dong nao( (khong|hong|hok|ko))?",
        ),
    ),
    (
        "documents",
        (
            r"(can |phai |nop )?(nhung |cac |loai )*giay to (gi|nao|chi|nhung gi)|giay to can (thiet|co|nop|mang)",
            r"(can |phai )?(mang|dem|cam|xach|nop|chuan bi)( theo)?( nhung| cac)?"
            r"( giay to| ho so| giay)?( gi| chi| nao)",
            r"(can |phai )?chuan bi( truoc)?( giay to| ho so)?|thanh phan ho so",
            r"(can|phai) (nhung |co )*(giay to|ho so|giay)$",
            r"ho so (gom|can|co|gi|nao|nhung)( co)?( nhung)?( giay to)?( gi| chi| nao)?",
            r"can (co )?(nhung )?(gi|chi)|(giay|thu) (gi|nao|chi)( het)?",
            r"^(con |roi )?(giay to|ho so)( (sao|thi sao|nua))?$",
        ),
    ),
    (
        "online",
        (
            r"(nop |lam |dang ky |khai )?(online|on lai|truc tuyen|qua mang|tren mang|qua internet)",
            r"(bang|qua|tren) (dien thoai|app|vneid|ung dung|zalo)",
            r"(lam|nop|ngoi) (tai|o) nha|khong can (di|toi|den|len)",
            r"(cong )?dich vu cong( quoc gia)?",
        ),
    ),
    (
        "place",
        (
            r"(nop |lam |xin |di |toi |den |ra |len |ghe |gap |cap |lay |nhan |khai )?"
            r"(o dau|cho nao|noi nao|noi mo|cho mo)",
            r"(di|toi|den|ra|len|ghe|dia|ve) dau( man| lam)?|(lam|nop|xin) (ho so )?dau|dia chi( nao)?",
            r"co quan nao|phuong nao|noi (lam|nop|cap)",
            r"(gap|hoi) ai|ai (cap|lam|giai quyet)|dia diem",
        ),
    ),
    ("steps", (r"(cac|may|tung|nhung) buoc|buoc (nao|gi|dau( tien)?)|trinh tu|quy trinh|cach thuc",)),
    (
        "conditions",
        (
            r"dieu kien( gi| nao)?|ai duoc|doi tuong( nao)?|can cu phap ly|co so phap ly",
            r"(luat|nghi dinh|thong tu|van ban) (nao|gi)|quy dinh (nao|gi|the nao)|(may|bao nhieu|nhieu) tuoi",
        ),
    ),
)
_ASPECTS = re.compile(
    r"(?<!\S)(?:" + "|".join(f"(?P<{name}>{'|'.join(phrases)})" for name, phrases in _PHRASES) + r")(?!\S)"
)
# That many weak words together do name something: "nhận cha, nhận mẹ, nhận con".
_ENOUGH_WEAK = 4
_RECEIVING = frozenset(("duoc", "nhan", "huong", "lanh", "linh", "cho"))
# "có cần đem sổ hộ khẩu theo không": a paper is named, but the question is about the procedure talked about before.
_NEEDED = re.compile(
    r"\b(can|phai|khoi|khong can) (dem|mang|nop|cam|xach|kem|giay|ban (sao|chinh|goc)|so ho khau)\b"
    r".*\b(khong|hong|hok|ko|chua|ha|a)\b"
)
_HOW = re.compile(r"\b(lam sao|lam the nao|nhu the nao|the nao|cach lam|lam cach nao|phai lam gi|can lam gi)\b")
# Words of politeness and asking, as written with diacritics; they name no procedure.
_FILLERS = frozenset(
    """a à á ạ ơi ới dạ vâng ừ ờ alo ad admin shop bot em tôi tui mình ta cô chú bác bạn cho hỏi xin vui lòng giúp
    giùm dùm nhờ với nha nhé nghen nhen hen hả há hở nhỉ vậy thế thì là mà và hay hoặc của ở tại trong về việc
    thủ tục làm muốn cần phải nên được có không ko k kg hok hông khum hổng hong chưa rồi đang sẽ đã bị nếu khi
    này kia đó đấy nọ ấy nó cái cách nào gì chi sao ra đi lên qua nữa thêm cũng luôn chỉ biết xem coi thông
    tin hướng dẫn giải thích nói như bây giờ hiện vẫn bao nhiêu mấy những các giấy tờ hồ sơ thành phố tp hcm
    tphcm sài gòn đến tới tiếp từ vào cùng rõ trước sau đâu""".split()  # noqa: SIM905 - a list of words reads better as text
)
_FOLDED_FILLERS = frozenset(fold(word) for word in _FILLERS)
# Without diacritics these may be words of a name: căn (cước), đăng (ký), hộ, tử, sổ, thẻ, bản (sao), tại/tài, chỉ/chi…
_AMBIGUOUS = frozenset("can dang ho tu so the thu tai mang ban sao giay to thanh pho nha".split())  # noqa: SIM905
# Words that never name a procedure by themselves but tell two apart ("con nuôi", "cấp lại").
_WEAK = frozenset(
    """con anh chi ong ba me cha chau nguoi nha cap doi lai moi mat het han giay so the tu can dang ho tai thu mang ban
    sao to thanh pho nhan nop lay xong ton tien con lau nhanh ngay hom nay""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    Attributes:
        text: As it was given.
        aspect: The one aspect asked for; ``overview`` when it asks for several; None when it names none.
        aspects: All that it names, in order.
        is_if_needed: Asks whether some paper is needed.
        is_how: Asks how to do it, in general words.
        words: Its syllables as written that may name a procedure (lower case, NFC).
        runs: The same, folded, as runs of neighbours.
        has_subject: False when nothing is left that could name a procedure, as in "còn lệ phí?".
    """

    text: str
    aspect: Aspect | None
    aspects: tuple[Aspect, ...]
    is_if_needed: bool
    is_how: bool
    words: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    has_subject: bool

    @property
    def subject(self) -> str:
        """The words that may name a procedure, the whole question if there are none."""
        return " ".join(self.words) or self.text


def _is_filler(written: str, folded: str, before: str, *, is_folded: bool) -> bool:
    if folded == "sao" and before == "ban":
        return False
    return folded in _FOLDED_FILLERS - _AMBIGUOUS if is_folded else written in _FILLERS


def read(text: str) -> Question:
    """Take a question apart (any Unicode form, any case)."""
    written = syllables(text)
    folded = [fold(syllable) for syllable in written]
    joined = " ".join(folded)
    kept = [True] * len(folded)
    found: list[Aspect] = []
    for match in _ASPECTS.finditer(joined):
        start = joined.count(" ", 0, match.start())
        for place in range(start, start + match.group().count(" ") + 1):
            kept[place] = False
        name: Aspect = match.lastgroup  # type: ignore[assignment]
        if name == "fee" and start and folded[start - 1] in _RECEIVING:
            continue  # asks for money to get, not to pay
        if name not in found:
            found.append(name)
    is_folded = written == folded
    runs: list[list[str]] = [[]]
    words: list[str] = []
    for place, (syllable, plain) in enumerate(zip(written, folded, strict=True)):
        if kept[place] and not _is_filler(syllable, plain, folded[place - 1] if place else "", is_folded=is_folded):
            runs[-1].append(plain)
            words.append(syllable)
        elif runs[-1]:
            runs.append([])
    return Question(
        text=text,
        aspects=tuple(found),
        aspect=None if not found else found[0] if len(found) == 1 else "overview",
        is_if_needed=not found and bool(_NEEDED.search(joined)),
        is_how=bool(_HOW.search(joined)),
        words=tuple(words),
        runs=tuple(tuple(run) for run in runs if run),
        has_subject=len(words) >= _ENOUGH_WEAK or any(plain not in _WEAK for run in runs for plain in run),
    )
