"""The portal's labels ("Tên thủ tục", "Trình tự thực hiện" …) in all spellings seen, and the fields they open."""

from knowledge.importers.texts import key_of

# Short facts at the head of a detail page; in PDF and Word their value follows on the same line.
HEAD: dict[str, str] = {
    "ten thu tuc": "name",
    "ten thu tuc hanh chinh": "name",
    "ma thu tuc": "code",
    "ma thu tuc hanh chinh": "code",
    "ma tthc": "code",
    "so quyet dinh": "decision",
    "quyet dinh cong bo": "decision",
    "cap thuc hien": "level",
    "loai thu tuc": "kind",
    "linh vuc": "field",
    "doi tuong thuc hien": "audience",
    "co quan co tham quyen": "authority",
    "co quan co tham quyen quyet dinh": "authority",
    "dia chi tiep nhan": "reception",
    "dia chi tiep nhan hs": "reception",
    "dia chi tiep nhan ho so": "reception",
    "co quan duoc uy quyen": "delegated",
    "co quan phoi hop": "partners",
    "thu tuc lien quan": "related",
    "thu tuc hanh chinh lien quan": "related",
}
SECTIONS: dict[str, str] = {
    "trinh tu thuc hien": "steps",
    "cach thuc thuc hien": "submissions",
    "thoi han giai quyet": "time",
    "phi": "fee",
    "le phi": "charge",
    "phi le phi": "fee",
    "thanh phan ho so": "papers",
    "thanh phan so luong ho so": "papers",
    "so luong ho so": "sets",
    "so bo ho so": "sets",
    "can cu phap ly": "laws",
    "co quan thuc hien": "agency",
    "yeu cau dieu kien": "conditions",
    "yeu cau dieu kien thuc hien": "conditions",
    "yeu cau dieu kien thuc hien thu tuc": "conditions",
    "ket qua xu ly": "result",
    "ket qua thuc hien": "result",
    "ket qua thuc hien thu tuc": "result",
    "muc do cung cap dich vu cong truc tuyen": "online",
    "bieu mau": "forms",
    "tu khoa": "keywords",
    "mo ta": "description",
}
LABELS: dict[str, str] = HEAD | SECTIONS
# Of these a paragraph may hold label and value at once ("Cơ quan thực hiện: …"); the others would catch sentences.
INLINE = {*HEAD.values(), "agency", "conditions", "result", "keywords", "description"}
_LONGEST = max(len(label) for label in LABELS) + 8


def label_of(line: str) -> str | None:
    """Return the field that a line opens when the line is a label and nothing else."""
    if len(line) > _LONGEST or line.lstrip()[:1] in ("-", "+", "*"):
        return None
    return LABELS.get(key_of(line))


def labelled(line: str, *, in_head: bool) -> tuple[str, str] | None:
    """Return field and value of a line that holds both ("Mã thủ tục: 1.001193").

    Args:
        line: One line of text.
        in_head: Whether the colon may be missing, as in the head of the portal's PDF.
    """
    before, colon, value = line.partition(":")
    if colon and len(before) <= _LONGEST:
        name = LABELS.get(key_of(before))
        return (name, value.strip()) if name in INLINE else None
    return _without_colon(line) if in_head else None


def _without_colon(line: str) -> tuple[str, str] | None:
    words = line.split()
    for count in range(min(7, len(words)), 1, -1):
        name = HEAD.get(key_of(" ".join(words[:count])))
        if name:
            return name, " ".join(words[count:])
    return None
