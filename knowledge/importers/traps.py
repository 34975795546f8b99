"""Signs in a source's text that its content is wrong or out of date; each becomes a line for the editor."""

import re
from collections.abc import Iterator

from knowledge.importers.raw import RawProcedure
from knowledge.importers.texts import key_of

# Districts ended on 2025-07-01; a source that still sends people there is older than that.
_DISTRICT = re.compile(
    r"cấp huyện|(?:UBND|[Uu]ỷ ban [Nn]hân dân|[Ủủ]y ban [Nn]hân dân) (?:quận|huyện)|(?:quận|huyện) [A-ZĐ0-9]"
)
# The provinces of Vietnam before and after July 2025, without those that became our city, folded.
_OTHERS = (
    "an giang|bac giang|bac kan|bac lieu|bac ninh|ben tre|binh dinh|binh phuoc|binh thuan|ca mau|can tho|cao bang|"
    "da nang|dak lak|dak nong|dien bien|dong nai|dong thap|gia lai|ha giang|ha nam|ha noi|ha tinh|hai duong|"
    "hai phong|hau giang|hoa binh|hue|hung yen|khanh hoa|kien giang|kon tum|lai chau|lam dong|lang son|lao cai|"
    "long an|nam dinh|nghe an|ninh binh|ninh thuan|phu tho|phu yen|quang binh|quang nam|quang ngai|quang ninh|"
    "quang tri|soc trang|son la|tay ninh|thai binh|thai nguyen|thanh hoa|thua thien hue|tien giang|tra vinh|"
    "tuyen quang|vinh long|vinh phuc|yen bai"
)
# Some entries of the portal hold another province's rules.
_ELSEWHERE = re.compile(rf"\b(?:tinh|thanh pho|tp) ({_OTHERS})\b")
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
    if places := sorted(set(_ELSEWHERE.findall(key_of(text)))):
        named = ", ".join(place.title() for place in places[:3])
        yield f"nguồn nhắc địa phương khác ({named}, viết không dấu); có thể bị điền nội dung của nơi đó"
    if key_of(raw.texts.get("decision", "")) in ("demo", "test"):
        yield f"số quyết định ghi “{raw.texts['decision']}”, là dữ liệu thử; không dùng cho đến khi đối chiếu"
    numbers = {law.number for law in raw.laws} | set(re.findall(r"(?<!\d)\d{1,5}/\d{4}/QH\d{2}", text))
    yield from (f"nguồn dẫn {number}: {why}" for number, why in _REPLACED.items() if number in numbers)
    if len(raw.texts.get("agency", "")) > _LONGEST_AGENCY:
        yield "cơ quan thực hiện là cả một đoạn văn, chắc do nguồn bị cắt sai; tự ghi cơ quan"
