"""Tables without cell borders: rows come apart only where their parts are unmistakable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.glued import (
    has_leftover,
    split_laws,
    split_papers,
    split_results,
    split_submissions,
    split_times,
)

HEADER = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
LAWS = "Tên văn bản pháp lýMã văn bản"


def test_ways_of_handing_in_come_apart() -> None:
    rows = split_submissions(
        f"{HEADER}Trực tuyến7 Ngày làm việc10,000 Việt Nam Đồng((thu 10.000 đồng (mười nghìn)))- Nộp trên mạng.\n"
        "Trực tiếpKhông có thông tin8,000 VNĐDịch vụ bưu chính1Miễn phí(Ghi chú)"
    ).rows
    assert [(row.mode, row.time, row.fee, row.description) for row in rows] == [
        ("Trực tuyến", "7 Ngày làm việc", "10,000 Việt Nam Đồng((thu 10.000 đồng (mười nghìn)))", "- Nộp trên mạng."),
        ("Trực tiếp", "Không có thông tin", "8,000 VNĐ", ""),
        ("Dịch vụ bưu chính", "1", "Miễn phí(Ghi chú)", ""),
    ]


def test_a_mode_inside_a_description_starts_no_row() -> None:
    rows = split_submissions(f"{HEADER}Trực tiếp2 NgàyMiễn phí- Trực tiếp: nộp ở phường; Trực tuyến: trên mạng").rows
    assert len(rows) == 1
    assert "Trực tuyến: trên mạng" in rows[0].description


def test_digits_that_may_be_time_and_fee_in_one_are_left_together() -> None:
    (row,) = split_submissions(f"{HEADER}Trực tuyến1150,000 VNĐ(ghi chú)").rows
    assert (row.time, row.fee, row.description) == ("", "", "1150,000 VNĐ(ghi chú)")


def test_a_note_that_never_closes_takes_the_rest_of_its_row() -> None:
    first, second = split_submissions(f"{HEADER}Trực tiếp2 NgàyMiễn phí(một (hai) ba Trực tuyến3 NgàyMiễn phí").rows
    assert first.fee == "Miễn phí(một (hai) ba"
    assert second.mode == "Trực tuyến"


def test_text_that_is_no_table_is_handed_back() -> None:
    split = split_submissions("Nộp ở đâu cũng được")
    assert (split.rows, split.rest) == ((), "Nộp ở đâu cũng được")
    assert split_papers("Một lá đơn").rest == "Một lá đơn"


def test_times_per_mode_come_apart() -> None:
    rows = split_times("Trực tiếp 07 Ngày làm việc - Ở phường. Trực tuyến 2 Giờ")
    assert [(row.mode, row.time) for row in rows] == [("Trực tiếp", "07 Ngày làm việc"), ("Trực tuyến", "2 Giờ")]


def test_papers_come_apart_with_their_cases_and_forms() -> None:
    papers = split_papers(
        f"* Nuôi mèo:{PAPERS}Đơn theo mẫu;1.MM01.doc1 bản chínhẢnh0 bản chính,2 bản sao* Nuôi chó:{PAPERS}- Sổ1 bản sao"
    )
    assert [(row.name, row.form, row.count, row.case) for row in papers.rows] == [
        ("Đơn theo mẫu;", "1.MM01.doc", "1 bản chính", "* Nuôi mèo:"),
        ("Ảnh", "", "0 bản chính,2 bản sao", "* Nuôi mèo:"),
        ("- Sổ", "", "1 bản sao", "* Nuôi chó:"),
    ]
    assert papers.rest == ""


def test_a_count_glued_to_a_number_stays_with_the_name() -> None:
    (row,) = split_papers(f"{PAPERS}Đơn theo Mẫu số 181 bản chính").rows
    assert (row.name, row.count) == ("Đơn theo Mẫu số 181 bản chính", "")


@pytest.mark.parametrize("name", ["Bản vẽ kèm theo tệp.docx", "Đơn xin nuôi mèoMM01.doc"])
def test_a_file_name_without_a_clear_seam_stays_with_the_paper(name: str) -> None:
    (row,) = split_papers(f"{PAPERS}{name}1 bản chính").rows
    assert (row.name, row.form) == (name, "")


def test_papers_after_the_last_count_are_handed_back() -> None:
    assert split_papers(f"{PAPERS}Đơn1 bản chínhGiấy không có số").rest == "Giấy không có số"


def test_laws_come_apart_where_numbers_touch() -> None:
    laws = split_laws(
        f"{LAWS}Nghị định số 1/2090/NĐ-CP về mèo1/2090/NĐ-CPThông tư 226/2016/TT-BTC226/2016/TT-BTC"
        "Luật Mèo 202068/2020/QH14"
        "QUY ĐỊNH MỨC THU25/2021/TT-BTCQUY CHẾ ngày 29/6/2024 của Luật số 43/2024/QH15 ngày 29/6/202443/2024/QH15"
    )
    assert [law.number for law in laws.rows] == [
        "1/2090/NĐ-CP",
        "226/2016/TT-BTC",
        "68/2020/QH14",
        "25/2021/TT-BTC",
        "43/2024/QH15",
    ]
    assert laws.rows[2].title == "Luật Mèo 2020"
    assert laws.rows[4].title.endswith("ngày 29/6/2024")
    assert not any(map(has_leftover, laws.rows))


def test_laws_line_by_line_come_apart() -> None:
    laws = split_laws("Luật 11/2099/QH20 Số: 11/2099/QH20\nNghị định về mèo 12/2099/NĐ-CP").rows
    assert [(law.number, law.title) for law in laws] == [
        ("11/2099/QH20", "Luật 11/2099/QH20"),
        ("12/2099/NĐ-CP", "Nghị định về mèo"),
    ]


def test_laws_that_stay_glued_are_told() -> None:
    (law,) = split_laws(f"{LAWS}Quy định118/2025/NĐ-CQuy chế mèo2/2025/NĐ-CP").rows[:1]
    assert has_leftover(law)
    assert split_laws(f"{LAWS}Quyết định năm 20222222/QĐ-TTg").rows[0].number == ""
    assert split_laws("Văn bản không có số").rest == "Văn bản không có số"


def test_results_lose_codes_and_the_buttons_of_the_page() -> None:
    text = (
        "Giấy phépMã: KQ.G01.000064Thông báoMã: KQ-NB-200Từ khóaKhông có thông tinMô tảXChọn cơ quan thực hiệnNộp hồ sơ"
    )
    assert split_results(text) == ("Giấy phép", "Thông báo")


PIECES = (
    f"{HEADER}|{PAPERS}|{LAWS}|Trực tiếp|Trực tuyến|5 Ngày|1|20,000 VNĐ|Miễn phí|(|)|1 bản chính|0 bản chính,1 bản sao|"
    "1/2020/NĐ-CP|Mã: KQ.1| |\n|Từ khóa|a.doc|;"
).split("|")


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join))
def test_no_text_breaks_a_splitter_or_grows_in_it(text: str) -> None:
    assert sum(len(row.fee) + len(row.description) for row in split_submissions(text).rows) <= len(text) * 2
    for split in (split_papers, split_laws, split_submissions, split_times, split_results):
        split(text)
