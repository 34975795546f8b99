"""Reads files that a tool extracted from the portal's Word files: fields with diacritics, tables as lists."""

from collections.abc import Mapping
from typing import Any

from knowledge.importers.labels import LABELS
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import Kind, RawLaw, RawPaper, RawProcedure, RawSubmission
from knowledge.importers.texts import (
    key_of,
    one_line,
    procedure_code,
    procedure_name,
    says_nothing,
    tidy,
    verbatim,
)

Fields = Mapping[str, Any]


def read(item: Fields, kind: Kind, at: str) -> RawProcedure:
    """Return the procedure of one object.

    Raises:
        ImportProblem: It has no right code.
    """
    facts = {**_fields(item.get("metadata")), **_fields(item.get("content"))}
    try:
        code, is_restored = procedure_code(facts.pop("code", "") or _text(item.get("thu_tuc_id")))
    except ValueError as error:
        raise ImportProblem(f"{error} (trường mã_thủ_tục)") from error
    doubts = [f"mã: tệp ghi mã là số, máy khôi phục thành {code}; đối chiếu với nguồn"] if is_restored else []
    other = one_line(_text(item.get("thu_tuc_id")))
    if other and other != code:
        doubts.append(f"mã: tệp ghi hai mã khác nhau, {code} và {other}; đối chiếu với nguồn")
    tables = item.get("tables")
    tables = tables if isinstance(tables, dict) else {}
    manner = facts.pop("submissions", "")
    return RawProcedure(
        code,
        procedure_name(facts.pop("name", "")),
        kind,
        {name: tidy(text) for name, text in facts.items() if not says_nothing(text)},
        tuple(_submission(row) for row in _rows(tables.get("hinh_thuc_nop"))),
        tuple(_paper(row) for row in _rows(tables.get("thanh_phan_ho_so"))),
        tuple(_law(row) for row in _rows(tables.get("can_cu_phap_ly"))),
        {} if says_nothing(manner) else {"submissions": verbatim(manner)},
        tuple(doubts),
        at,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _fields(group: object) -> dict[str, str]:
    """Return the texts of a group by our field names; unknown keys are left out."""
    if not isinstance(group, dict):
        return {}
    named = ((LABELS.get(key_of(key.replace("_", " "))), value) for key, value in group.items() if isinstance(key, str))
    return {name: value for name, value in named if name and isinstance(value, str)}


def _rows(table: object) -> list[dict[str, str]]:
    rows = table if isinstance(table, list) else []
    return [{key: _text(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]


def _submission(row: dict[str, str]) -> RawSubmission:
    return RawSubmission(
        one_line(row.get("hinh_thuc", "")),
        verbatim(row.get("thoi_han_giai_quyet", "")),
        verbatim(row.get("phi_le_phi", "")),
        tidy(row.get("mo_ta", "")),
    )


def _paper(row: dict[str, str]) -> RawPaper:
    counts = (row.get("so_luong", ""), row.get("ghi_chu", ""))
    return RawPaper(
        tidy(row.get("ten_giay_to", "")),
        one_line(row.get("mau_don_to_khai", "")),
        "\n".join(verbatim(text) for text in counts if text.strip()),
        one_line(row.get("truong_hop", "")),
    )


def _law(row: dict[str, str]) -> RawLaw:
    return RawLaw(one_line(row.get("so_ky_hieu", "")), one_line(row.get("trich_yeu", "")))
