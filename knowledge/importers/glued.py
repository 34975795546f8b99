"""Takes apart tables that lost their cell borders, as crawlers and PDF give them: "Trực tiếp7 Ngày làm việc20,000 …".

A row is only taken where its parts are unmistakable; what remains is handed back as a rest, never guessed.
"""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from knowledge.importers.raw import RawLaw, RawPaper, RawSubmission
from knowledge.importers.texts import LOWER, UPPER, one_line, tidy, verbatim

MODE = r"Trực tuyến|Trực tiếp|(?:Qua )?[Dd]ịch vụ bưu chính(?: công ích)?|Qua bưu điện|Bưu chính công ích"
_UNITS = r"Ngày làm việc|ngày làm việc|Ngày|ngày|Giờ làm việc|Giờ|giờ|Phút|phút|Tuần|tuần|Tháng|tháng|Năm|năm"
# A number of days without unit may not touch the fee's digits: "1150,000" is 1 and 150,000, or 1150,000.
_TIME = rf"Không có thông tin|Không quy định|\d{{1,4}}\s?(?:{_UNITS})|\d{{1,4}}(?![\d.,])"
_CURRENCY = r"Việt Nam Đồng|VNĐ|VND|Đồng|đồng|USD|EUR|Euro"
_FEE = rf"Miễn phí|Không có thông tin|\d[\d.,]{{0,20}}\s{{0,2}}(?:{_CURRENCY})|\d{{1,3}}(?:[.,]\d{{3}}){{1,4}}(?!\d)"
_ROW = re.compile(
    rf"(?P<mode>{MODE})\s{{0,3}}(?:(?P<time>{_TIME})\s{{0,3}}(?P<fee>{_FEE})"
    rf"|(?P<glued>\d[\d.,]{{0,20}}\s{{0,2}}(?:{_CURRENCY}))|(?P<free>Miễn phí))"
)
_TIMED = re.compile(rf"(?P<mode>{MODE})\s{{0,3}}(?P<time>{_TIME})")
_SUBMISSION_HEADER = re.compile(
    r"Hình thức nộp\s*(?:Thời gian|Thời hạn giải\s*quyết)\s*Phí,\s*lệ phí\s*Mô tả", re.IGNORECASE
)
PAPER_HEADER = re.compile(r"Tên giấy tờ\s*Mẫu đơn,\s*tờ khai\s*Số lượng", re.IGNORECASE)
_COUNT = re.compile(r"(\d+)\s?bản chính(?:\s?,\s?\d+\s?bản sao)?|(\d+)\s?bản sao")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|rtf|rar|zip|png|jpe?g)$", re.IGNORECASE)
_SEAM = re.compile(rf"(?<=[)\].;:])(?=[{UPPER}0-9])")
_LAW_HEADER = re.compile(r"Tên văn bản pháp lý\s*Mã văn bản", re.IGNORECASE)
_RESULT_CODE = re.compile(r"Mã:\s?KQ(?:[.-][A-Z]{0,4}\d{0,8})+")
_PAGE_END = re.compile(r"Từ khóa(?:Không có thông tin|[\s\S]{0,400}?)Mô tả[\s\S]*$|Chọn cơ quan thực hiện[\s\S]*$")
_ORGS = (
    "BLĐTBXH|BVHTTDL|BNNPTNT|TANDTC|VKSNDTC|BGDĐT|BGTVT|BNNMT|BTNMT|BKHCN|BKHĐT|BTTTT|BHXH|HĐND|UBND|VPCP|NHNN|BDTTG|"
    "TTCP|UBDT|TTg|BTC|BTP|BCA|BXD|BYT|BNV|BCT|BQP|BNG|PL|CP"
)
_NUMBER = re.compile(
    rf"\d{{1,5}}(?:\.\d{{1,2}})?(?:/\d{{4}})?/(?:QH\d{{1,2}}|UBTVQH\d{{1,2}}|"
    rf"(?:NĐ|NQ|QĐ|TTLT|TT|CT|VBHN)(?:[-/](?:{_ORGS}|QH\d{{1,2}}|C(?=[{UPPER}][{LOWER}])))+)"
)
_LAW_LINE = re.compile(rf"(?P<title>.*?)\s(?:[Ss]ố\s?:?\s?)?(?P<number>{_NUMBER.pattern})[.;]?")
# "… Bộ Tư phápThông tư số": the second cell began with the kind of document.
_KIND_BEFORE_NUMBER = re.compile(rf"(?<=[{LOWER}.])(?:Thông tư|Nghị định|Luật|Quyết định|Nghị quyết)(?: số)?\s*$")
_LEFTOVER = re.compile(rf"[{LOWER}{UPPER};)]\d{{1,4}}/\d{{4}}/[A-ZĐ]{{2}}")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Split(Generic[T]):
    """Rows found, and the text that belongs to none of them ("" when everything was taken)."""

    rows: tuple[T, ...]
    rest: str = ""


def split_submissions(text: str) -> Split[RawSubmission]:
    """Take apart a table of ways of handing in; a row's fee keeps its note in parentheses.

    A number that may be time and fee in one ("1150,000 …") is kept in ``description``, with time and fee empty.
    """
    body = _SUBMISSION_HEADER.sub("\n", verbatim(text))
    found = list(_ROW.finditer(body))
    if not found:
        return Split((), body.strip())
    ends = [row.start() for row in found[1:]] + [len(body)]
    rows = (_submission(row, body[row.end() : end]) for row, end in zip(found, ends, strict=True))
    return Split(tuple(rows), body[: found[0].start()].strip())


def _submission(row: re.Match[str], tail: str) -> RawSubmission:
    mode = one_line(row["mode"])
    if row["glued"]:
        return RawSubmission(mode, "", "", (row["glued"] + tail).strip())
    note, description = _note(tail)
    return RawSubmission(mode, row["time"] or "", ((row["fee"] or row["free"]) + note).strip(), description)


def _note(tail: str) -> tuple[str, str]:
    """Cut the note in parentheses from the start of ``tail``; one that never closes takes everything."""
    start = len(tail) - len(tail.lstrip())
    if tail[start : start + 1] != "(":
        return "", tidy(tail)
    depth = 0
    for place in range(start, len(tail)):
        depth += {"(": 1, ")": -1}.get(tail[place], 0)
        if depth == 0:
            return tail[: place + 1], tidy(tail[place + 1 :])
    return tail.rstrip(), ""


def split_times(text: str) -> tuple[RawSubmission, ...]:
    """Take apart a text that gives a time per way of handing in."""
    body = verbatim(text)
    found = list(_TIMED.finditer(body))
    ends = [*(row.start() for row in found[1:]), len(body)][: len(found)]
    return tuple(
        RawSubmission(one_line(row["mode"]), row["time"], "", tidy(body[row.end() : end]))
        for row, end in zip(found, ends, strict=True)
    )


def split_papers(text: str) -> Split[RawPaper]:
    """Take apart tables of papers; the line above each header is the case that the table is for."""
    body = verbatim(text)
    headers = list(PAPER_HEADER.finditer(body))
    if not headers:
        return Split((), body)
    papers: list[RawPaper] = []
    rest = ""
    case = body[: headers[0].start()]
    ends = [header.start() for header in headers[1:]] + [len(body)]
    for header, end in zip(headers, ends, strict=True):
        rows, tail = _papers(body[header.end() : end], tidy(case).strip("- \n"))
        papers += rows
        case, rest = tail, tail
    return Split(tuple(papers), tidy(rest))


def _papers(chunk: str, case: str) -> tuple[list[RawPaper], str]:
    rows, last = [], 0
    for count in _COUNT.finditer(chunk):
        name = chunk[last : count.start()]
        if not name.strip() or name.rstrip().endswith(","):
            continue
        digits = count[1] or count[2]
        if len(digits) > 1:
            # "Mẫu số 181 bản chính": form 18 once, or form 181? The count stays with the name, as it was.
            rows.append(RawPaper(tidy(name + count[0]), case=case))
        else:
            name, form = _form(tidy(name))
            rows.append(RawPaper(name, form, count[0], case))
        last = count.end()
    return rows, chunk[last:]


def _form(name: str) -> tuple[str, str]:
    """Cut a file name from the end of a paper's name, where the seam between both shows; else leave it."""
    if not _FILE.search(name):
        return name, ""
    lines = name.split("\n")
    if len(lines) > 1:
        return tidy("\n".join(lines[:-1])), lines[-1].strip()
    seams = [seam.start() for seam in _SEAM.finditer(name) if len(name) - seam.start() <= 150]
    # "…53)1.Mu CT01.doc": a seam after "1." lies inside the file's name.
    seams = [seam for seam in seams if not re.search(r"(?:^|\D)\d{1,2}\.$", name[:seam])]
    return (name[: seams[-1]].strip(), name[seams[-1] :].strip()) if seams else (name, "")


def split_laws(text: str) -> Split[RawLaw]:
    """Take apart a table of legal documents: a row per line, or rows that end where a number touches its neighbours."""
    body = tidy(_LAW_HEADER.sub("\n", verbatim(text)))
    if by_line := _law_lines(body):
        return Split(by_line)
    rows, last = [], 0
    for number in _NUMBER.finditer(body):
        end = _end_of_row(body, last, number)
        if end is None:
            continue
        title, code = _KIND_BEFORE_NUMBER.sub("", end[0]), end[1]
        rows.append(RawLaw(code, one_line(title)))
        last = number.end()
    return Split(tuple(rows), one_line(body[last:]))


def _law_lines(body: str) -> tuple[RawLaw, ...]:
    """Read "title number" line by line; none unless every line is one whole row."""
    found = [_LAW_LINE.fullmatch(line) for line in body.split("\n")]
    rows = [RawLaw(line["number"], one_line(line["title"])) for line in found if line]
    is_whole = len(rows) > 1 or (len(rows) == 1 and len(_NUMBER.findall(body)) <= 2)
    return tuple(rows) if is_whole and len(rows) == len(found) else ()


def _end_of_row(body: str, last: int, number: re.Match[str]) -> tuple[str, str] | None:
    """Return title and number when ``number`` is the second cell of a row, None when it is part of a title."""
    start, end = number.span()
    left, right = body[max(last, start - 1) : start], body[end : end + 1]
    if left == "\n" and right in ("", "\n", " "):
        return body[last:start], number[0]
    if left.isdigit():
        return _number_after_digits(body[last:start], number[0])
    is_glued_left = bool(left) and not left.isspace() and left not in '(:“"/-'
    is_glued_right = bool(re.match(f"[{UPPER}]", right)) or end == len(body)
    is_row = bool(left) and (is_glued_left or is_glued_right)
    return (body[last:start], number[0]) if is_row and body[last:start].strip() else None


def _number_after_digits(before: str, number: str) -> tuple[str, str]:
    """Part "… 29/6/2024" and "43/2024/QH15" glued together.

    Only where the title names the number too, or its last word is a year ("Luật Cư trú 202068/2020/QH14").
    """
    whole = before + number
    for named in _NUMBER.findall(before):
        if whole.endswith(named):
            return whole[: -len(named)], named
    tail = max(0, len(before) - 12)
    year = re.search(r"(?:^|\s)(?:19|20)\d\d(?=\d{1,3}/[^/]*/?[^/]*$)", whole[tail:])
    return (whole[: tail + year.end()], whole[tail + year.end() :]) if year else (before, "")


def has_leftover(law: RawLaw) -> bool:
    """Say whether a title still holds a glued number, or its own is missing or cut off ("118/2025/NĐ-C")."""
    return "/" not in law.number or law.number.endswith("-C") or bool(_LEFTOVER.search(law.title))


def split_results(text: str) -> tuple[str, ...]:
    """Return the results of a procedure, without codes and without the page's buttons."""
    body = _PAGE_END.sub("", verbatim(text))
    parts = (one_line(part) for part in _RESULT_CODE.split(body))
    return tuple(part for part in parts if part)
