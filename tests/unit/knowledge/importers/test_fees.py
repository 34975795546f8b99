"""The fee column: verbatim text, one of three states, and never a free that the source did not prove."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importers.fees import parse_fees
from knowledge.importers.texts import verbatim


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10,000 Việt Nam Đồng(Nộp trực tuyến thu 10.000 đồng/lần đăng ký.)", 10_000, "lần đăng ký"),
        ("8,000 VNĐ", 8_000, ""),
        ("2,000 Việt Nam Đồng(/trang)", 2_000, "trang"),
        ("Lệ phí : 400.000 Đồng", 400_000, ""),
        ("Phí : 8000 Đồng (mỗi bản)", 8_000, ""),
        ("1.500.000 đồng/hồ sơ", 1_500_000, "hồ sơ"),
        ("50 nghìn đồng", 50_000, ""),
        ("1,5 triệu đồng", 1_500_000, ""),
        ("1,25 triệu đồng", 1_250_000, ""),
        ("20.000đ", 20_000, ""),
    ],
)
def test_a_plain_amount_is_known(text: str, amount: int, unit: str) -> None:
    (fee,) = parse_fees(text)
    assert (fee.state, fee.amount_vnd, fee.unit, fee.text) == ("known", amount, unit, text)


@pytest.mark.parametrize("text", ["Không có thông tin", "Phí: Không có thông tin"])
def test_a_source_that_says_it_has_none_is_not_published(text: str) -> None:
    assert parse_fees(text)[0].state == "not_published"


@pytest.mark.parametrize(
    "text",
    [
        "Miễn phí(Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định. Miễn lệ phí cho người khuyết tật.)",
        "Miễn phí(Theo quy định của Luật phí và lệ phí)",
        "Theo nghị quyết của HĐND",
    ],
)
def test_a_fee_set_elsewhere_is_not_published_and_doubted(text: str) -> None:
    (fee,) = parse_fees(text)
    assert (fee.state, fee.amount_vnd) == ("not_published", None)
    assert "văn bản" in fee.doubts[0]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("", "để trống không có nghĩa là miễn phí"),
        ("  \n ", "để trống không có nghĩa là miễn phí"),
        ("Miễn phí", "chỉ ghi 0 đồng khi có trường hợp và nguồn"),
        ("Miễn phí(Không quy định.)", "chỉ ghi 0 đồng"),
        ("Miễn phí(Miễn lệ phí. Phí bản sao theo Thông tư 1/2099/TT-BTC)", "chỉ ghi 0 đồng"),
        ("Phí : 0 Đồng", "chỉ ghi 0 đồng"),
        ("0 VNĐ", "chỉ ghi 0 đồng"),
        ("Miễn phí(Lệ phí: 135.000 đồng/lần)", "135.000 đồng"),
        ("Không", "chưa đọc được số tiền"),
        ("10 USD(/bản)", "không phải tiền đồng"),
        ("20.000", "không ghi đơn vị"),
        ("700 VNĐ", "thiếu số 0"),
        ("700 VNĐ(Phí thẩm định: 700.000 đồng/cơ sở.)", "mâu thuẫn"),
        ("5,000 VNĐ(thu 7.000 đồng/lần)", "mâu thuẫn"),
        ("150,000 VNĐ(Mức lệ phí cụ thể do Hội đồng nhân dân quyết định)", "Hội đồng nhân dân"),
        ("160,000 VNĐ(áp dụng đến hết ngày 31/12/2023)", "31/12/2023"),
        ("50,000 VNĐ(50.000 đồng; trực tuyến bằng 50% mức trên)", "50%"),
        ("từ 50.000 đến 100.000 đồng", "chưa đọc được"),
        ("10.000 đồng và 5.000 đồng", "một số tiền duy nhất"),
        ("0,5%", "chưa đọc được"),
        ("1.000,000 đồng", "chưa đọc được"),
        ("10.5 đồng", "chưa đọc được"),
        ("Nộp theo biên lai", "chưa đọc được"),
    ],
)
def test_what_cannot_be_trusted_is_unknown_with_the_reason(text: str, doubt: str) -> None:
    (fee,) = parse_fees(text)
    assert (fee.state, fee.amount_vnd, fee.text) == ("unknown", None, text.strip())
    assert doubt in fee.doubts[0]


def test_the_description_can_confirm_or_contradict_the_column() -> None:
    assert parse_fees("20.000", "thu 20.000 đồng/con")[0].amount_vnd == 20_000
    assert parse_fees("20.000 đồng", "thu 30.000 đồng/con")[0].state == "unknown"


def test_a_known_amount_keeps_what_else_the_note_says_as_doubts() -> None:
    (fee,) = parse_fees("2,000 VNĐ(2.000 đồng/trang; trang thứ 3 trở lên 1.000 đồng/trang; miễn cho hộ nghèo)")
    assert (fee.state, fee.amount_vnd, fee.unit) == ("known", 2_000, "trang")
    assert "1.000 đồng" in fee.doubts[0]
    assert "miễn, giảm" in fee.doubts[1]


def test_several_fees_of_a_cell_come_apart() -> None:
    fees = parse_fees("Phí : 8000 Đồng\nLệ phí : 2.000 Đồng/trang\nPhí : Không có thông tin")
    assert [(fee.state, fee.amount_vnd) for fee in fees] == [
        ("known", 8_000),
        ("known", 2_000),
        ("not_published", None),
    ]


AMOUNTS = st.integers(1_000, 999_999_999)


@settings(deadline=None)
@given(AMOUNTS, st.sampled_from([",", "."]), st.sampled_from([" VNĐ", " đồng", " Đồng", "đ", " Việt Nam Đồng"]))
def test_every_way_of_writing_an_amount_gives_it_back(amount: int, mark: str, currency: str) -> None:
    text = f"{amount:,}".replace(",", mark) + currency
    (fee,) = parse_fees(text)
    assert (fee.state, fee.amount_vnd, fee.text) == ("known", amount, text)


@settings(deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_a_note_with_another_amount_only_is_never_passed_over(column: int, note: int) -> None:
    (fee,) = parse_fees(f"{column:,} VNĐ(thu {note} đồng)")
    assert (fee.state == "known") == (column == note)


PIECES = [
    "Miễn phí",
    "Phí : ",
    "Lệ phí:",
    "0",
    "1",
    "20",
    ".000",
    ",000",
    " VNĐ",
    " đồng",
    "(",
    ")",
    "/",
    " ",
    "\n",
    "nghìn",
    "triệu",
    "%",
    "USD",
    "Hội đồng nhân dân",
    "đến ngày 1/1/2030",
    "Không có thông tin",
    "-",
    "5,",
]
CHARACTERS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


@settings(deadline=None)
@given(CHARACTERS, CHARACTERS)
def test_no_text_breaks_the_parser_or_makes_it_invent(text: str, description: str) -> None:
    fees = parse_fees(text, description)
    assert fees
    digits = "".join(each for each in verbatim(text) if each in "0123456789")
    for fee in fees:
        assert fee.text in verbatim(text)
        assert (fee.amount_vnd is not None) == (fee.state == "known")
        if fee.amount_vnd is not None:
            assert fee.amount_vnd >= 1_000
            assert str(fee.amount_vnd).rstrip("0") in digits or "triệu" in text
        if fee.state == "unknown":
            assert fee.doubts


@settings(deadline=None)
@given(st.text().filter(lambda text: not any(each.isdigit() for each in text)))
def test_a_cell_without_a_digit_is_never_known(text: str) -> None:
    assert all(fee.state != "known" for fee in parse_fees(text, "10.000 đồng"))
