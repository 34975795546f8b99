"""Reads the portal's fields as crawlers store them: names without diacritics, tables without cell borders."""

from collections.abc import Mapping

from knowledge.importers import glued
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import Kind, RawProcedure
from knowledge.importers.texts import procedure_code, procedure_name, says_nothing, tidy, verbatim

_TEXTS = {
    "so_quyet_dinh": "decision",
    "cap_thuc_hien": "level",
    "loai_thu_tuc": "kind",
    "linh_vuc": "field",
    "doi_tuong_thuc_hien": "audience",
    "co_quan_co_tham_quyen": "authority",
    "dia_chi_tiep_nhan": "reception",
    "co_quan_duoc_uy_quyen": "delegated",
    "co_quan_phoi_hop": "partners",
    "thu_tuc_lien_quan": "related",
    "trinh_tu_thuc_hien": "steps",
    "co_quan_thuc_hien": "agency",
    "yeu_cau_dieu_kien": "conditions",
    "ket_qua_xu_ly": "result",
    "detail_url": "url",
    "snapshot": "snapshot",
}
_PAPERS, _LAWS = "Thành phần hồ sơ", "Căn cứ pháp lý"


def read(item: Mapping[str, object], kind: Kind, at: str) -> RawProcedure:
    """Return the procedure of one object.

    Raises:
        ImportProblem: It has no right code.
    """
    fields = {key: value for key, value in item.items() if isinstance(value, str)}
    try:
        code, is_restored = procedure_code(fields.get("ma_thu_tuc", ""))
    except ValueError as error:
        raise ImportProblem(f"{error} (trường ma_thu_tuc)") from error
    doubts = [f"mã: tệp ghi mã là số, máy khôi phục thành {code}; đối chiếu với nguồn"] if is_restored else []
    papers_text, is_recovered = _papers_text(fields)
    if is_recovered:
        doubts.append("giấy tờ: mục thành phần hồ sơ trong tệp bị cắt, máy đọc lại từ toàn văn (raw_text)")
    submissions = glued.split_submissions(fields.get("cach_thuc_thuc_hien", ""))
    papers = glued.split_papers(papers_text)
    laws = glued.split_laws(fields.get("can_cu_phap_ly", ""))
    rests = {"submissions": submissions.rest, "papers": papers.rest, "laws": laws.rest}
    texts = {name: tidy(fields.get(key, "")) for key, name in _TEXTS.items()}
    return RawProcedure(
        code,
        procedure_name(fields.get("ten_thu_tuc", "")),
        kind,
        {name: text for name, text in texts.items() if not says_nothing(text)},
        submissions.rows,
        papers.rows,
        laws.rows,
        {name: rest for name, rest in rests.items() if not says_nothing(rest)},
        tuple(doubts),
        at,
    )


def _papers_text(fields: Mapping[str, str]) -> tuple[str, bool]:
    """Return the section of papers; from the page's whole text when the field was cut at another place."""
    text = verbatim(fields.get("thanh_phan_ho_so", ""))
    if glued.PAPER_HEADER.search(text) or says_nothing(text):
        return text, False
    whole = verbatim(fields.get("raw_text", ""))
    header = glued.PAPER_HEADER.search(whole)
    if header is None:
        return text, False
    start = whole.rfind(_PAPERS, 0, header.start())
    end = whole.find(_LAWS + "Tên văn bản", header.end())
    if start < 0:
        return text, False
    return whole[start + len(_PAPERS) : end if end > 0 else len(whole)], True
