"""Finding a dossier code in free text: forgiving, never guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dossiers.codes import find_code
from bot.dossiers.repository import SAMPLE_FILE, read_samples
from bot.dossiers.types import STATUSES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("H29.103.25-251103-0045", "H29.103.25-251103-0045"),
        ("h29.103.25 - 251103 - 0045 ạ", "H29.103.25-251103-0045"),
        ("hồ sơ H26.103.25.7-250908-0112 tới đâu rồi", "H26.103.25.7-250908-0112"),
        ("H29-251103-0045", "H29-251103-0045"),
        ("G01.899.108-250908-0112.", "G01.899.108-250908-0112"),
        ("000.00.01.H29-251103-0045", "000.00.01.H29-251103-0045"),
        ("ooo.oo.o1.h29-251103-0045", "000.00.01.H29-251103-0045"),
        ("0000001H29-251103-0045", "000.00.01.H29-251103-0045"),
        ("H29 103 25 7 250908 0112", "H29.103.25.7-250908-0112"),
        ("H29.1O3.25–2511O3—OO45", "H29.103.25-251103-0045"),
        ("H291-251103-0045", "H29.1-251103-0045"),
        ("H29.1.2-2511030045", "H29.1.2-251103-0045"),
        ("ma ho so H29.1.2-251103-0045 o dau", "H29.1.2-251103-0045"),
        ("H29.1.2-251103-0045 nộp 2 tuần rồi", "H29.1.2-251103-0045"),
        ("H29.1.2-251103-0045 2 tuần", "H29.1.2-251103-0045"),
        ("H29.1-261103-0045, H29.2-261103-0046", "H29.1-261103-0045"),
        ("a H29.1-26-03 b H29.2-261103-0046", "H29.2-261103-0046"),
    ],
)
def test_a_code_is_found_and_written_officially(text: str, code: str) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hồ sơ của tôi tới đâu rồi",
        "số 29 đường Lê Lợi",
        "H29",
        "H29123-251103-0045",  # .123, .12.3, .1.23 or .1.2.3
        "H29 101225 250908 0112",  # two dates
        "H29.1-251399-0045",  # no such day
        "H29.1-251103-00",
        "H29.1-251103-1234567",
        "H29.1.2.3.4.5-251103-0045",
        "00.00.01.H29-251103-0045",
        "KQ.G01.899.108-250908-0112",
        "TH29.1-251103-0045",
        "0912345678",
    ],
)
def test_what_is_in_doubt_is_not_a_code(text: str) -> None:
    assert find_code(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_a_code_that_is_found_again_or_none(text: str) -> None:
    code = find_code(text)
    assert code is None or find_code(code) == code


def test_every_sample_has_an_official_code_and_all_ten_statuses_occur() -> None:
    samples = read_samples(SAMPLE_FILE)
    assert [find_code(sample.code) for sample in samples] == [sample.code for sample in samples]
    assert len({sample.code for sample in samples}) == len(samples) >= 25
    assert {sample.status for sample in samples} == set(STATUSES)
    assert all("H29" in sample.code for sample in samples)
