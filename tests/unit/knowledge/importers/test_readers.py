"""Every format gives the same procedure, in the file's own words."""

import unicodedata
from typing import Any

import pytest

from knowledge.importers import html, json_files, pdf, spreadsheet, word
from knowledge.importers.pdf import unwrap
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import BadEntry, Kind, RawProcedure
from tests.unit.knowledge.importers import files
from tests.unit.knowledge.importers.files import CODE, NAME


def _only(entries: Any) -> RawProcedure:
    (entry,) = list(entries)
    assert isinstance(entry, RawProcedure)
    return entry


def test_a_word_document_is_read_with_its_tables() -> None:
    raw = _only(word.read(files.docx(files.detail())))
    assert (raw.code, raw.name, raw.kind) == (CODE, NAME, Kind.WORD)
    assert raw.texts["decision"] == "1/QĐ-MEO"
    assert raw.texts["steps"] == "Bước 1: Viết đơn.\nBước 2: Nộp đơn."
    assert raw.texts["result"] == "Giấy phép nuôi mèo"
    assert [(row.mode, row.time, row.fee) for row in raw.submissions] == [
        ("Trực tiếp", "5 Ngày làm việc", "Phí : 20000 Đồng"),
        ("Trực tuyến", "02 Giờ", ""),
    ]
    assert [(row.name, row.form, row.case) for row in raw.papers] == [
        ("Đơn xin nuôi mèo (mẫu MM01)", "MM01.docx", "Trường hợp nuôi lần đầu"),
        ("Ảnh con mèo", "", "Trường hợp nuôi lần đầu"),
    ]
    assert [(law.number, law.title) for law in raw.laws] == [("11/2099/NĐ-CP", "Nghị định về mèo")]


def test_a_word_document_whose_head_is_a_table_is_read() -> None:
    raw = _only(word.read(files.docx([[("Mã thủ tục", CODE), ("Tên thủ tục", "Thủ tục nuôi\nmèo"), ("Lạ", "x")]])))
    assert (raw.code, raw.name, raw.unread) == (CODE, "Nuôi mèo", {"other": "Lạ\nx"})


def test_a_word_document_in_nfd_comes_out_in_nfc() -> None:
    blocks = [unicodedata.normalize("NFD", line) for line in files.detail() if isinstance(line, str)]
    raw = _only(word.read(files.docx(blocks)))
    assert raw.name == NAME
    assert all(unicodedata.is_normalized("NFC", text) for text in raw.texts.values())


def test_cells_merged_downwards_repeat_and_deleted_text_is_left_out() -> None:
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"<w:sdt><w:sdtContent><w:p><w:r><w:t>Mã thủ tục:</w:t><w:tab/><w:t>{CODE}</w:t></w:r>"
        "<w:del><w:r><w:t>0</w:t></w:r></w:del></w:p></w:sdtContent></w:sdt><w:tbl>"
        "<w:tr><w:tc><w:p><w:r><w:t>Hình thức nộp</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>Phí, lệ phí</w:t></w:r></w:p></w:tc></w:tr>"
        '<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>Trực tiếp</w:t></w:r></w:p></w:tc>'
        "<w:tc><w:p><w:r><w:t>1.000 đồng</w:t></w:r></w:p></w:tc></w:tr>"
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
        "<w:tc><w:p><w:r><w:t>2.000 đồng</w:t></w:r></w:p></w:tc></w:tr>"
        "</w:tbl></w:body></w:document>"
    )
    raw = _only(word.read(files.archive({"word/document.xml": document.encode()})))
    assert raw.code == CODE
    assert [(row.mode, row.fee) for row in raw.submissions] == [
        ("Trực tiếp", "1.000 đồng"),
        ("Trực tiếp", "2.000 đồng"),
    ]


def test_a_pdf_is_read_across_wrapped_lines_and_pages() -> None:
    raw = _only(pdf.read(files.pdf(files.PDF_PAGES)))
    assert (raw.code, raw.name, raw.kind) == (CODE, "Cấp giấy phép nuôi mèo và chó", Kind.PDF)
    assert raw.texts["level"] == "Tỉnh"
    assert raw.texts["authority"] == ""
    assert raw.texts["field"] == "Thú cưng"
    assert raw.texts["steps"] == "Người nuôi viết đơn và nộp ở nơi gần nhà.\nNơi nhận xem đơn."
    assert [(row.mode, row.time, row.fee, row.description) for row in raw.submissions] == [
        ("Trực tiếp", "5 Ngày làm việc", "20,000 VNĐ", "Nộp ở phường"),
        ("Trực tuyến", "0", "Miễn phí", ""),
    ]
    assert [(row.name, row.count) for row in raw.papers] == [("Đơn xin nuôi mèo", "1 bản chính")]
    assert [(law.number, law.title) for law in raw.laws] == [("11/2099/NĐ-CP", "Nghị định về mèo")]
    assert raw.unread == {}


def test_unwrapping_keeps_what_begins_something_new() -> None:
    assert unwrap("một dòng\nđược nối\n- gạch\nTRÌNH TỰ THỰC HIỆN\nđoạn\nBước 2: sau") == (
        "một dòng được nối\n- gạch\nTRÌNH TỰ THỰC HIỆN\nđoạn\nBước 2: sau"
    )


def test_a_page_is_read_without_scripts() -> None:
    raw = _only(html.read(files.PAGE.encode()))
    assert (raw.code, raw.name, raw.kind) == (CODE, "Cấp giấy phép nuôi mèo", Kind.HTML)
    assert "Tên thủ tục" in raw.doubts[0]
    assert raw.texts["steps"] == "Bước 1: Viết đơn.\nBước 2: Nộp đơn."
    assert [(row.mode, row.time, row.fee) for row in raw.submissions] == [
        ("Trực tiếp", "07 Ngày làm việc", "20.000"),
        ("Trực tuyến", "07 Ngày làm việc", "10.000"),
    ]
    assert [(row.name, row.form, row.case) for row in raw.papers] == [("Đơn", "MM01.doc", "* Nuôi lần đầu:")]
    assert [law.number for law in raw.laws] == ["11/2099/QH20", "12/2099/NĐ-CP"]


def test_a_page_without_a_table_of_fees_takes_its_sections() -> None:
    page = (
        f"<div>Mã thủ tục</div><div>{CODE}</div><div>Thời hạn giải quyết</div><div>Trực tiếp 3 Ngày</div>"
        "<div>Phí</div><div>Theo biên lai</div><div>Lệ Phí</div><div>9.000 đồng</div>"
    )
    raw = _only(html.read(page.encode()))
    assert [(row.mode, row.time, row.fee) for row in raw.submissions] == [
        ("Trực tiếp", "3 Ngày", "Theo biên lai"),
        ("", "", "Lệ phí: 9.000 đồng"),
    ]


def test_a_page_with_a_time_for_all_modes_keeps_it() -> None:
    page = f"<p>Mã thủ tục</p><p>{CODE}</p><p>Thời hạn giải quyết</p><p>3 ngày làm việc</p>"
    (row,) = _only(html.read(page.encode())).submissions
    assert (row.mode, row.time, row.fee) == ("", "3 ngày làm việc", "")


def test_lists_keep_codes_as_text() -> None:
    rows: list[list[str | float]] = [
        ["DANH SÁCH"],
        ["Mã số", "Tên", "Cơ quan thực hiện", "Lĩnh vực", "Khác"],
        ["9.000010", "Thủ tục nuôi mèo", "Phường", "Thú cưng", "x"],
        [9.00002, "Nuôi chó", "Không có thông tin", "", ""],
        ["sai", "Nuôi chim"],
        [""],
    ]
    for inline in (False, True):
        first, second, bad = list(spreadsheet.read(files.xlsx(rows, inline=inline)))
        assert isinstance(first, RawProcedure)
        assert (first.code, first.name, first.at) == ("9.000010", "Nuôi mèo", "dòng 3")
        assert first.texts == {"agency": "Phường", "field": "Thú cưng"}
        assert isinstance(second, RawProcedure)
        assert second.code == "9.000020"
        assert "máy khôi phục" in second.doubts[0]
        assert second.texts == {}
        assert isinstance(bad, BadEntry)
        assert bad.at == "dòng 5"


def test_a_workbook_that_is_no_list_is_refused() -> None:
    with pytest.raises(ImportProblem, match="cột “Mã số” và “Tên”"):
        list(spreadsheet.read(files.xlsx([["Tên", "Tuổi"], ["Mèo", 3.0]])))


def test_the_portals_fields_are_read() -> None:
    raw = _only(json_files.read(files.dumped(files.portal())))
    assert (raw.code, raw.name, raw.kind, raw.unread, raw.doubts) == (
        CODE,
        "Cấp giấy phép nuôi mèo",
        Kind.PORTAL_JSON,
        {},
        (),
    )
    assert raw.texts["url"] == "https://example.vn/meo"
    assert "conditions" not in raw.texts
    assert raw.submissions[0].fee == "20,000 VNĐ(/con)"
    assert (raw.papers[0].name, raw.papers[0].form) == ("Đơn xin nuôi mèo (mẫu MM01).", "MM01.docx")


def test_papers_that_the_crawler_cut_are_read_from_the_whole_text() -> None:
    whole = (
        "…theo mục Thành phần hồ sơ.Cách thức thực hiệnMiễn phíThành phần hồ sơ* Nuôi mèo:"
        "Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn1 bản chínhCăn cứ pháp lýTên văn bản pháp lýMã văn bản"
    )
    raw = _only(json_files.read(files.dumped(files.portal(thanh_phan_ho_so=") và nộp. Bước 2.", raw_text=whole))))
    assert [(row.name, row.case) for row in raw.papers] == [("Đơn", "* Nuôi mèo:")]
    assert "raw_text" in raw.doubts[0]


@pytest.mark.parametrize("whole", ["", "Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn1 bản chính"])
def test_papers_that_nothing_recovers_are_kept_unread(whole: str) -> None:
    raw = _only(json_files.read(files.dumped(files.portal(thanh_phan_ho_so="Một đoạn văn", raw_text=whole))))
    assert (raw.papers, raw.unread) == ((), {"papers": "Một đoạn văn"})


def test_extracted_files_are_read() -> None:
    raw = _only(json_files.read(files.dumped(files.extracted())))
    assert (raw.code, raw.name, raw.kind) == (CODE, "Nuôi mèo", Kind.EXTRACTED_JSON)
    assert raw.texts["level"] == "Cấp Xã"
    assert "keywords" not in raw.texts
    assert raw.submissions[0].fee == "Phí : 0 Đồng"
    assert raw.papers[0].count == "Bản chính: 1\nBản sao: 0"


def test_two_codes_in_one_file_are_doubted() -> None:
    raw = _only(json_files.read(files.dumped(files.extracted(thu_tuc_id="9.000002"))))
    assert raw.code == CODE
    assert "hai mã khác nhau" in raw.doubts[0]


def test_an_extracted_file_with_odd_parts_is_read_as_far_as_it_goes() -> None:
    raw = _only(
        json_files.read(files.dumped({"thu_tuc_id": CODE, "metadata": None, "content": [], "tables": {"x": 1}}))
    )
    assert (raw.code, raw.name, raw.submissions) == (CODE, "", ())


def test_codes_that_json_holds_as_numbers_keep_their_zeros() -> None:
    data = files.dumped(files.portal()).replace(f'"{CODE}"'.encode(), b"1.001190")
    assert _only(json_files.read(data)).code == "1.001190"
    raw = _only(json_files.read(files.dumped(files.portal()).replace(f'"{CODE}"'.encode(), b"1.00119")))
    assert raw.code == "1.001190"
    assert "khôi phục" in raw.doubts[0]


def test_a_bad_line_is_named_and_the_others_are_read() -> None:
    lines = [files.dumped(files.portal()), b"{broken", b"", files.dumped({"a": 1}), files.dumped(files.extracted())]
    first, broken, foreign, last = list(json_files.read_lines(b"\n".join(lines)))
    assert isinstance(first, RawProcedure)
    assert (first.kind, first.at) == (Kind.JSON_LINES, "dòng 1")
    assert isinstance(broken, BadEntry)
    assert broken.at == "dòng 2"
    assert "JSON sai ở cột 2" in broken.reason
    assert isinstance(foreign, BadEntry)
    assert "không có trường của thủ tục" in foreign.reason
    assert isinstance(last, RawProcedure)
    assert last.at == "dòng 5"


def test_a_list_of_procedures_is_read_one_by_one() -> None:
    first, bad = list(json_files.read(files.dumped([files.portal(), files.portal(ma_thu_tuc="x")])))
    assert isinstance(first, RawProcedure)
    assert first.at == "mục 1"
    assert isinstance(bad, BadEntry)
    assert "sai dạng" in bad.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "JSON sai ở dòng 1"),
        (b"[]", "không phải một thủ tục"),
        (b"[" * 100_000, "lồng nhau quá sâu"),
        (b'{"a": 1}', "không có trường của thủ tục"),
        (files.dumped(files.portal(ma_thu_tuc="")), "không có mã thủ tục"),
        (files.dumped(files.portal(ma_thu_tuc=None)), "không có mã thủ tục"),
        (files.dumped(files.extracted(thu_tuc_id="", metadata={})), "không có mã thủ tục"),
    ],
)
def test_json_that_is_no_procedure_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ImportProblem, match=reason):
        list(json_files.read(data))


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        (["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TỜ KHAI NUÔI MÈO", "Họ tên:"], "TỜ KHAI NUÔI MÈO"),
        (["Mã thủ tục: 12"], "sai dạng"),
        (["Mã thủ tục:"], "không có mã thủ tục"),
        ([], "không có “Mã thủ tục”"),
    ],
)
def test_documents_that_are_no_procedure_are_refused(blocks: list[str], reason: str) -> None:
    with pytest.raises(ImportProblem, match=reason):
        list(word.read(files.docx(blocks)))
