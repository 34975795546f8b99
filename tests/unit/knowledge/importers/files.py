"""Builds small official-looking files by code; every text in them is invented."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from knowledge.importers.raw import Kind, RawProcedure, RawSubmission

CODE = "9.000001"
NAME = "Cấp giấy phép nuôi mèo"
Row = Sequence[str]
SUBMISSIONS = [
    ("Hình thức nộp", "Thời hạn giải quyết", "Phí, lệ phí", "Mô tả"),
    ("Trực tiếp", "5 Ngày làm việc", "Phí : 20000 Đồng", "Nộp ở phường"),
    ("Trực tuyến", "02 Giờ", "", ""),
]
PAPERS = [
    ("Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng"),
    ("Đơn xin nuôi mèo (mẫu MM01)", "MM01.docx", "Bản chính: 1\nBản sao: 0"),
    ("Ảnh con mèo", "", "Bản chính: 0\nBản sao: 2"),
]
LAWS = [("Số ký hiệu", "Trích yếu"), ("11/2099/NĐ-CP", "Nghị định về mèo")]


def docx(blocks: Sequence[str | Sequence[Row]], **parts: bytes) -> bytes:
    """Return a Word file of paragraphs and tables."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(_paragraph(block) if isinstance(block, str) else _table(block) for block in blocks)
    document = f'<?xml version="1.0"?><w:document {w}><w:body>{body}</w:body></w:document>'
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode(), **parts})


def _paragraph(text: str) -> str:
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:r>{runs}</w:r></w:p>"


def _table(rows: Sequence[Row]) -> str:
    cells = ("".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def detail(code: str = CODE, name: str = f"Thủ tục {NAME[0].lower()}{NAME[1:]}") -> list[str | Sequence[Row]]:
    """Return the blocks of a "Chi tiết thủ tục" document."""
    return [
        "CHI TIẾT THỦ TỤC HÀNH CHÍNH",
        f"Mã thủ tục: {code}",
        "Số quyết định: 1/QĐ-MEO",
        f"Tên thủ tục: {name}",
        "Cấp thực hiện: Cấp Xã",
        "Lĩnh vực: Thú cưng",
        "Trình tự thực hiện:",
        "Bước 1: Viết đơn.\nBước 2: Nộp đơn.",
        "Cách thức thực hiện:",
        SUBMISSIONS,
        "Thành phần hồ sơ:",
        "Trường hợp nuôi lần đầu",
        PAPERS,
        "Cơ quan thực hiện: Ủy ban nhân dân cấp xã",
        "Căn cứ pháp lý:",
        LAWS,
        "Yêu cầu, điều kiện thực hiện:",
        "Không có thông tin",
        "Kết quả thực hiện: Giấy phép nuôi mèo",
    ]


def xlsx(rows: Sequence[Sequence[str | float]], *, inline: bool = False) -> bytes:
    """Return a workbook of one sheet; texts are shared strings or ``inline``, numbers are numbers."""
    strings = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str)))

    def cell(place: int, row: int, value: str | float) -> str:
        name = f'r="{chr(65 + place)}{row}"'
        if isinstance(value, float):
            return f"<c {name}><v>{value!r}</v></c>"
        if inline:
            return f'<c {name} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        return f'<c {name} t="s"><v>{strings.index(value)}</v></c>'

    body = "".join(
        f'<row r="{n}">{"".join(cell(place, n, value) for place, value in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    s = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    shared = "".join(f"<si><r><t>{escape(text)}</t></r></si>" for text in strings)
    return archive(
        {
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": f"<worksheet {s}><sheetData>{body}</sheetData></worksheet>".encode(),
            **({} if inline else {"xl/sharedStrings.xml": f"<sst {s}>{shared}</sst>".encode()}),
        }
    )


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a zip of ``parts``."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return data.getvalue()


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Return a PDF with a text layer: two bytes a letter, its Unicode number, as fonts of office programs do."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    ranges = "\n".join(f"<{ord(each):04x}> <{ord(each):04x}>" for each in letters)
    cmap = f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{len(letters)} beginbfchar\n{ranges}\nendbfchar"
    kids = " ".join(f"{5 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /ToUnicode 4 0 R /DescendantFonts "
        b"[<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 500 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>",
        _stream(cmap.encode()),
    ]
    for place, page in enumerate(pages):
        lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -14 Td\n" for line in page)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (6 + 2 * place)
        )
        objects.append(_stream(f"BT /F 10 Tf 20 780 Td\n{lines}ET".encode()))
    return _pdf_file(objects)


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))
    return data + head + table + trailer


PDF_PAGES = [
    [
        "CHI TIẾT THỦ TỤC HÀNH CHÍNH",
        "Tên thủ tục Thủ tục cấp giấy phép nuôi mèo và",
        "chó",
        f"Mã thủ tục {CODE}",
        "Cấp thực hiện Tỉnh",
        "Cơ quan có thẩm quyền",
        "Lĩnh vực Thú cưng",
        "TRÌNH TỰ THỰC HIỆN",
        "Người nuôi viết đơn và nộp ở nơi",
        "gần nhà.",
        "Nơi nhận xem đơn.",
    ],
    [
        "THÀNH PHẦN HỒ SƠ",
        "Tên giấy tờ Mẫu đơn, tờ khai Số lượng",
        "Đơn xin nuôi mèo",
        "1 bản chính",
        "CÁCH THỨC THỰC HIỆN",
        "Hình thức nộp Thời hạn giải",
        "quyết",
        "Phí, lệ phí Mô tả",
        "Trực tiếp 5 Ngày làm việc 20,000 VNĐ Nộp ở",
        "phường",
        "Trực tuyến 0 Miễn phí",
        "CĂN CỨ PHÁP LÝ",
        "Tên văn bản pháp lý Mã văn bản",
        "Nghị định về",
        "mèo",
        "11/2099/NĐ-CP",
        "KẾT QUẢ XỬ LÝ",
        "Giấy phép nuôi mèo",
        "Mã: KQ-NB-200",
    ],
]


def ole(stream: str = "WordDocument") -> bytes:
    """Return the beginning of an OLE file whose directory names ``stream``."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + stream.encode("utf-16-le") + bytes(64)


def portal(**changes: Any) -> dict[str, Any]:
    """Return the portal's fields of one procedure, tables glued as crawlers leave them."""
    return {
        "ma_thu_tuc": CODE,
        "ten_thu_tuc": "Thủ tục cấp giấy phép nuôi mèo",
        "cap_thuc_hien": "Cấp xã",
        "linh_vuc": "Thú cưng",
        "co_quan_thuc_hien": "Ủy ban nhân dân cấp xã",
        "trinh_tu_thuc_hien": "Bước 1: Viết đơn.\nBước 2: Nộp đơn.",
        "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp5 Ngày làm việc20,000 VNĐ(/con)"
        "Nộp ở phườngTrực tuyến1Miễn phí",
        "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn xin nuôi mèo (mẫu MM01).MM01.docx1 bản chính",
        "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnNghị định về mèo11/2099/NĐ-CP",
        "ket_qua_xu_ly": "Giấy phépMã: KQ.G01.000064Thông báoMã: KQ.G01.000065Từ khóaKhông có thông tinMô tảX",
        "yeu_cau_dieu_kien": "Không có thông tin",
        "detail_url": "https://example.vn/meo",
        **changes,
    }


def extracted(**changes: Any) -> dict[str, Any]:
    """Return a procedure as a tool extracted it from a Word file."""
    return {
        "thu_tuc_id": CODE,
        "metadata": {"mã_thủ_tục": CODE, "tên_thủ_tục": "Thủ tục nuôi mèo", "cấp_thực_hiện": "Cấp Xã"},
        "content": {"trình_tự_thực_hiện": "Bước 1: Viết. Bước 2: Nộp.", "từ_khóa": "Không có thông tin"},
        "tables": {
            "hinh_thuc_nop": [
                {"hinh_thuc": "Trực tiếp", "thoi_han_giai_quyet": "1 Ngày", "phi_le_phi": "Phí : 0 Đồng", "mo_ta": ""}
            ],
            "thanh_phan_ho_so": [{"ten_giay_to": "Đơn", "so_luong": "", "ghi_chu": "Bản chính: 1\nBản sao: 0"}],
            "can_cu_phap_ly": [{"so_ky_hieu": "104", "trich_yeu": "Nghị định 104"}],
        },
        **changes,
    }


def dumped(item: object) -> bytes:
    """Return JSON in UTF-8."""
    return json.dumps(item, ensure_ascii=False).encode()


PAGE = f"""<!doctype html><html><head><style>p {{}}</style><script>var a = "Mã thủ tục";</script></head><body>
<h4>Cấp giấy phép nuôi mèo</h4>
<div>Mã thủ tục<i></i></div><div>
{CODE} </div>
<div>Lĩnh vực</div><div><html><body><p>Thú cưng</p></body></html></div>
<div>Cách thức thực hiện</div><div><ul><li>Trực tiếp</li><li>Trực tuyến</li></ul></div>
<div>Trình tự thực hiện</div><div><p>Bước 1: Viết <b>đ</b>ơn.<br>Bước 2: Nộp đơn.</p></div>
<div>Thời hạn giải quyết</div><div><b>Trực tiếp </b><i>07 Ngày làm việc</i> - Giờ hành chính</div>
<div>Phí</div><div><b>Trực tiếp </b> 07 Ngày làm việc20.000Thu 20.000 đồng/con;<b>Trực tuyến </b> 07 Ngày làm việc10.000</div>
<div>Lệ Phí</div><div>Không</div>
<div>Thành phần hồ sơ</div><h4>* Nuôi lần đầu:</h4>
<table><tr><th>Tên giấy tờ</th><th>Mẫu đơn, tờ khai</th><th>Số lượng</th></tr>
<tr><td>Đơn</td><td><span>MM01.doc</span></td><td>Bản chính: 1<br>Bản sao: 0</td></tr></table>
<div>Căn cứ pháp lý</div><ul><li>Luật 11/2099/QH20<b> Số: 11/2099/QH20</b></li><li>Nghị định 12/2099/NĐ-CP<b> Số: 12/2099/NĐ-CP</b></li></ul>
</body></html>"""  # noqa: E501


def raw(*fees: str, **changes: Any) -> RawProcedure:
    """Return a procedure as read, with one way of handing in per fee."""
    rows = tuple(RawSubmission("Trực tiếp", "5 Ngày", fee) for fee in fees)
    return RawProcedure(**{"code": CODE, "name": NAME, "kind": Kind.PDF, "submissions": rows, **changes})
