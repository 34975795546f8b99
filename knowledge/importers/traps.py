"""Signs in a source's text that its content is wrong or out of date; each becomes a line for the editor."""

import re
from collections.abc import Iterator

from knowledge.importers.raw import RawProcedure
from knowledge.importers.texts import key_of

# Districts ended on 2025-07-01; a source that still sends people there is older than that.
_DISTRICT = re.compile(r"cấp huyện|(?:UBND|[Uu]ỷ ban [Nn]hân dân|[Ủủ]y ban [Nn]hân dân) (?:quận|huyện)|(?:quận|huyện) [A-ZĐ0-9]")
# A capitalised name after "tỉnh" or "thành phố": some entries of the portal hold another province's rules.
_PLACE = re.compile(r"\b(?:tỉnh|thành phố|TP\.?)\s+((?:[A-ZÀ-ỸĐ][a-zà-ỹ]+)(?:[ -]{1,3}[A-ZÀ-ỸĐ][a-zà-ỹ]+){0,3})")
_OURS = ("ho chi minh", "thu duc", "binh duong", "ba ria", "vung tau")
# Laws that others have replaced.
_REPLACED = {
    "58/2014/QH13": "Luật Bảo hiểm xã hội 2014 đã được thay từ 01/7/2025",
    "23/2008/QH12": "Luật Giao thông đường bộ 2008 đã được thay từ 01/01/2025",
    "59/2014/QH13": "Luật Căn cước công dân 2014 đã được thay từ 01/7/2024",
    "45/2013/QH13": "Luật Đất đai 2013 đã được thay từ 01/8/2024",
}
_LONGEST_AGENCY = 300


def signs(raw: RawProcedure) -> Iterator[str]:
    """Yield a Vietnamese line for each sign found."""
    text = "\n".join(
        [*raw.texts.values(), *(row.description for row in raw.submissions), *(paper.name for paper in raw.papers)]
    )
    if found := _DISTRICT.search(text):
        yield f"nguồn còn nhắc “{found[0]}”; quận, huyện đã bỏ từ 01/7/2025"
    places = {place for place in _PLACE.findall(text) if not key_of(place).startswith(_OURS)}
    if places:
        yield f"nguồn nhắc địa phương khác ({', '.join(sorted(places)[:3])}); có thể bị điền nội dung của nơi đó"
    if key_of(raw.texts.get("decision", "")) in ("demo", "test"):
        yield f"số quyết định ghi “{raw.texts['decision']}”, là dữ liệu thử; không dùng cho đến khi đối chiếu"
    numbers = {law.number for law in raw.laws} | set(re.findall(r"\d+/\d{4}/QH\d{2}", text))
    yield from (f"nguồn dẫn {number}: {why}" for number, why in _REPLACED.items() if number in numbers)
    if len(raw.texts.get("agency", "")) > _LONGEST_AGENCY:
        yield "cơ quan thực hiện là cả một đoạn văn, chắc do nguồn bị cắt sai; tự ghi cơ quan"
