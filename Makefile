# Mọi việc thường làm, mỗi việc một lệnh. `make help` liệt kê.
# Fresh machine: Linux x86-64 with Python 3.11 (venv) and make. Everything else is installed by `make setup`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PY := .venv/bin/python
RASA_PY := nlu/.venv/bin/python
UV := $(shell [ -x .uv/bin/uv ] && echo .uv/bin/uv || echo uv)

.PHONY: help run setup setup-dev test check train templates sample encoder tune eval bench chat pins clean

help: ## Danh sách các lệnh này
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## Chuẩn bị mọi thứ (nếu có thay đổi) rồi khởi động; Ctrl-C để dừng
	@sh tools/setup.sh run
	@exec .venv/bin/bot up

setup: ## Chỉ chuẩn bị: hai môi trường, huấn luyện, chỉ mục tra cứu
	@sh tools/setup.sh run

setup-dev: ## Như setup, thêm công cụ cho lập trình viên
	@sh tools/setup.sh dev

test: ## Chạy toàn bộ kiểm thử (tự cài những gì còn thiếu)
	@sh tools/setup.sh dev
	@sh tools/test.sh

check: ## Định dạng, kiểu, quy tắc nhập mô-đun, nội dung, luật hội thoại
	@sh tools/setup.sh dev --no-train
	@sh tools/check.sh

train: ## Huấn luyện lại Rasa dù không có gì thay đổi
	@sh tools/setup.sh run --force-train

templates: ## Viết lại data/nlu/generated từ các câu mẫu trong nlu/templates
	@sh tools/setup.sh dev --no-train
	@$(PY) -m nlu.expand

sample: ## Xem một tệp câu mẫu sinh ra những câu nào: make sample T=nlu/templates/dossier/dossier_late.yml
	@sh tools/setup.sh dev --no-train
	@$(PY) -m nlu.expand --sample "$(T)" -n $(or $(N),20)

encoder: ## Huấn luyện lại bộ mã hóa câu trong nlu/encoder/model (30 phút trở lên; dừng rồi chạy lại thì làm tiếp)
	@sh tools/setup.sh run --no-train
	@[ -f var/models/restorer.npz ] || $(RASA_PY) -m nlu.train_restorer
	@[ -x nlu/encoder/training/.venv/bin/python ] || $(UV) venv -q --python $(RASA_PY) nlu/encoder/training/.venv
	@$(UV) pip sync -q --python nlu/encoder/training/.venv/bin/python nlu/encoder/training/requirements.txt
	@nlu/encoder/training/.venv/bin/python -m nlu.encoder.training $(if $(EPOCHS),--epochs $(EPOCHS))

tune: ## Học lại các con số của phần tra cứu (knowledge/ranking.yml) từ data/procedures/questions
	@sh tools/setup.sh dev
	@$(PY) -m tools.tune_search

eval: ## Đo chất lượng hiểu câu và tra cứu; HALF=final, SEARCH_HALF=final: nửa bộ câu để báo cáo; BASELINES=1: so với Rasa nguyên bản (lâu)
	@sh tools/setup.sh dev
	@$(PY) -m tools.evaluate --half $(or $(HALF),development) --search-half $(or $(SEARCH_HALF),development) $(if $(BASELINES),--baselines)

bench: ## Đo thời gian và bộ nhớ, ghi vào docs/benchmarks.md
	@sh tools/setup.sh dev
	@$(PY) -m tools.bench

chat: ## Trò chuyện với trợ lý ngay trong cửa sổ dòng lệnh
	@sh tools/setup.sh run
	@exec .venv/bin/bot chat

pins: ## Tính lại các phiên bản thư viện (requirements*.txt)
	@$(UV) pip compile --no-emit-index-url --no-header --no-annotate -q -p 3.11 pyproject.toml -o requirements.txt
	@$(UV) pip compile --no-emit-index-url --no-header --no-annotate -q -p 3.11 pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	@$(UV) pip compile --no-emit-index-url --no-header --no-annotate -q -p 3.11 nlu/encoder/training/requirements.in -o nlu/encoder/training/requirements.txt
	@cd nlu && $(if $(filter .uv/bin/uv,$(UV)),../)$(UV) pip compile --no-emit-index-url --no-header --no-annotate -q -p 3.11 pyproject.toml -o requirements.txt

clean: ## Xoá môi trường và tệp tạo ra lúc chạy (giữ lại dữ liệu trong var/)
	@rm -rf .venv nlu/.venv nlu/encoder/training/.venv .uv var/models var/index var/stamps .pytest_cache .mypy_cache .ruff_cache .rasa
	@echo "Đã xoá môi trường, mô hình và chỉ mục. Dữ liệu trong var/ còn nguyên."
