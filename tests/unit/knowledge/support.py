"""Three small records and an embedder without a model, for tests of knowledge."""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from knowledge.ranking import Ranking
from knowledge.types import ProcedureRecord
from nlu.encoder.base import Vectors, as_rows
from nlu.vietnamese.fold import fold

URL = "https://example.vn/thu-tuc"
BASE: dict[str, Any] = {
    "code": "1.000001",
    "name": "Đăng ký khai sinh",
    "plain_name": "làm giấy khai sinh",
    "aliases": ["giấy khai sanh", "khai sinh cho bé"],
    "not_to_confuse": [{"code": "1.000002", "hint": "Đã có khai sinh, chỉ cần bản sao"}],
    "grade": "A",
    "readiness": "answer",
    "agency": "Ủy ban nhân dân phường",
    "level": "ward",
    "where": ["Trung tâm Phục vụ hành chính công phường"],
    "online": {"available": True, "note": "Đăng nhập bằng VNeID", "address": "https://dichvucong.gov.vn"},
    "time": [{"text": "Trong ngày", "condition": "nộp trước 15 giờ"}],
    "fee": [
        {"state": "known", "amount_vnd": 0, "condition": "đúng hạn", "source": URL},
        {"state": "not_published", "condition": "trễ hạn"},
    ],
    "documents": [
        {"name": "Giấy chứng sinh", "original": 1, "copy": None},
        {
            "name": "Giấy ủy quyền",
            "original": 1,
            "when": "nếu nhờ người khác làm thay",
            "note": "Không phải chứng thực",
        },
    ],
    "skip_if_data": ["Giấy tờ về nơi cư trú"],
    "steps": ["Nộp giấy tờ", "Nhận kết quả"],
    "legal": ["Luật Hộ tịch 2014"],
    "source": {"name": "Cổng Dịch vụ công quốc gia", "url": URL, "snapshot": "2026-07-17"},
    "verified_on": "2026-11-21",
    "verified_by": "ban biên tập",
    "body": "Dành cho cha mẹ có con mới sinh.",
    "field": "ho_tich",
}
COPY = {
    "code": "1.000002",
    "name": "Cấp bản sao giấy khai sinh",
    "plain_name": "xin bản sao khai sinh",
    "aliases": ["trích lục khai sinh"],
    "not_to_confuse": [{"code": "1.000001", "hint": "Bé mới sinh, chưa có khai sinh"}],
    "fee": [{"state": "known", "amount_vnd": 8000, "unit": "bản"}],
}
STAY = {
    "code": "1.000003",
    "name": "Đăng ký tạm trú",
    "plain_name": "đăng ký tạm trú ở nhà trọ",
    "aliases": ["KT3", "sổ tạm trú"],
    "not_to_confuse": [],
    "field": "cu_tru",
    "agency": "Công an phường",
}


# By names alone, so that a test says what it means.
_BLOCK = {"columns": {"name_match": 12.0, "name_exact": 1.0}, "signs": {"name_match": 20.0}, "bias": -7.0}
RANKING = Ranking(
    {
        "with_vectors": _BLOCK,
        "words_alone": _BLOCK,
        "thresholds": {"answer": 0.6, "inside": 0.5, "offer": 0.05},
    }
)


def record(**changes: Any) -> ProcedureRecord:
    """Return the first record with changed fields."""
    return ProcedureRecord.model_validate({**BASE, **changes})


def write_records(folder: Path, *records: dict[str, Any]) -> Path:
    """Write records (changes of the first one) as files; returns the folder."""
    for changes in records or ({}, COPY, STAY):
        data = {**BASE, **changes}
        body, field = data.pop("body"), data.pop("field")
        path = folder / field / f"{data['code']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{yaml.safe_dump(data, allow_unicode=True)}---\n\n{body}\n", encoding="utf-8")
    return folder


class LetterEmbedder:
    """Embeds by letter triples, so that like texts are near; counts what it embedded."""

    name = "letters-1"
    dimensions = 64

    def __init__(self) -> None:
        self.n_passages = 0

    def embed_queries(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f"  {fold(text)} "
            for start in range(len(padded) - 2):
                row[zlib.crc32(padded[start : start + 3].encode()) % self.dimensions] += 1
        return as_rows(rows, self.dimensions)

    def embed_passages(self, texts: list[str]) -> Vectors:
        self.n_passages += len(texts)
        return self.embed_queries(texts)
