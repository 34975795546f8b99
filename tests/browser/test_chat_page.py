"""What a citizen does on the page, with a real browser, a real server and a real database."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.line import Line

# The first test waits for the application's start, which takes a minute on a busy machine.
pytestmark = pytest.mark.timeout(300)

QUESTION = "Làm giấy khai sinh cho con cần giấy gì?"


def write(page: Page, text: str) -> None:
    page.get_by_label("Viết tin nhắn").fill(text)
    page.get_by_role("button", name="Gửi", exact=True).click()


def wait_for_answer(page: Page, n: int = 1) -> None:
    expect(page.locator(".msg.bot").nth(n - 1)).to_be_visible(timeout=30_000)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 240), "teal").save(out, "JPEG")
    return out.getvalue()


def test_question_is_answered_with_its_source(page: Page) -> None:
    write(page, QUESTION)
    own = page.locator(".msg.citizen")
    expect(own).to_have_count(1)
    expect(own).to_contain_text(QUESTION)
    wait_for_answer(page)
    expect(page.locator(".msg.bot").first).to_contain_text("Giấy chứng sinh")
    link = page.locator(".msg.bot a.address").first
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert link.inner_text() == link.get_attribute("href")
    expect(page.locator(".state")).to_have_count(0)
    expect(page.locator("#welcome")).to_have_count(0)


def test_example_is_one_tap(page: Page) -> None:
    page.get_by_role("button", name="Hỏi giấy tờ, thủ tục").click()
    expect(page.locator(".msg.citizen")).to_contain_text(QUESTION)
    wait_for_answer(page)


def test_button_under_an_answer(page: Page) -> None:
    write(page, QUESTION)
    wait_for_answer(page)
    button = page.locator("button.choice[name=payload]").first
    title = button.inner_text().strip()
    button.click()
    expect(page.locator(".msg.citizen").nth(1)).to_contain_text(title)
    wait_for_answer(page, 3)


def test_exits_are_in_reach_and_person_is_asked(page: Page) -> None:
    for name in ("Gặp người", "Nói lại", "Quay lại", "Làm lại từ đầu"):
        expect(page.locator(".exits").get_by_role("button", name=name)).to_be_in_viewport()
    page.locator(".exits").get_by_role("button", name="Gặp người").click()
    expect(page.locator(".msg.citizen")).to_contain_text("Gặp người")
    expect(page.locator(".msg.bot .choice.phone").first).to_have_attribute("href", "tel:1022", timeout=30_000)


def test_emergency_has_a_big_red_call_button(page: Page) -> None:
    write(page, "nhà tôi đang cháy")
    call = page.locator(".msg.bot a.emergency").first
    expect(call).to_have_attribute("href", "tel:114", timeout=30_000)
    box = call.bounding_box()
    assert box is not None
    assert box["height"] >= 60
    expect(page.locator(".msg.bot").first).to_contain_text(re.compile("^\\s*.*Gọi ngay 114", re.DOTALL))


def test_page_holds_the_history_after_reload(page: Page) -> None:
    write(page, QUESTION)
    wait_for_answer(page)
    expect(page.locator("#typing")).to_be_hidden()
    before = page.locator(".msg .bubble").all_inner_texts()
    page.reload()
    page.wait_for_selector("body.online")
    assert page.locator(".msg .bubble").all_inner_texts()[: len(before)] == before
    expect(page.locator(".msg.citizen")).to_have_count(1)


def test_unsent_message_waits_and_is_sent_when_the_line_is_back(page: Page, line: Line) -> None:
    line.cut()
    write(page, QUESTION)
    expect(page.locator(".msg.failed .state")).to_contain_text("Chưa gửi được")
    write(page, "còn lệ phí?")
    expect(page.locator(".msg .state").nth(1)).to_contain_text("Chờ gửi")
    line.mend()
    page.get_by_role("button", name="Gửi lại").first.click()
    wait_for_answer(page, 2)
    expect(page.locator(".state")).to_have_count(0)
    own = page.locator(".msg.citizen")
    expect(own).to_have_count(2)
    expect(own.first).to_contain_text(QUESTION)


def test_unsent_message_survives_a_reload(page: Page, line: Line) -> None:
    page.route("**/web/messages", lambda route: route.abort())
    write(page, QUESTION)
    expect(page.locator(".msg.failed")).to_be_visible()
    page.unroute("**/web/messages")
    page.reload()
    wait_for_answer(page)
    expect(page.locator(".msg.citizen")).to_have_count(1)


def test_message_whose_answer_was_lost_is_not_doubled(page: Page, line: Line) -> None:
    line.is_deaf = True
    write(page, QUESTION)
    expect(page.locator(".msg.failed")).to_be_visible()
    line.is_deaf = False
    page.get_by_role("button", name="Gửi lại").click()
    wait_for_answer(page)
    expect(page.locator(".state")).to_have_count(0)
    expect(page.locator(".msg.citizen")).to_have_count(1)
    page.reload()
    expect(page.locator(".msg.citizen")).to_have_count(1)


def test_stream_catches_up_after_a_break(page: Page, line: Line) -> None:
    write(page, QUESTION)
    wait_for_answer(page)
    expect(page.locator("#typing")).to_be_hidden()
    other = page.context.new_page()
    other.goto(line.url.replace(str(line.port), str(line._server_port)))
    line.cut()
    # Same citizen, another page, straight to the server: cookies know no ports.
    other.wait_for_selector("body.online")
    write(other, "Đăng ký kết hôn cần giấy gì?")
    expect(other.locator(".msg.citizen")).to_have_count(2)
    expect(other.locator(".msg.citizen").nth(1).locator("xpath=following-sibling::article")).not_to_have_count(0)
    shown = other.locator(".msg").evaluate_all("all => all.map((each) => each.id)")
    line.mend()
    expect(page.locator(".msg.citizen")).to_have_count(2, timeout=30_000)
    expect(page.locator(f"#{shown[-1]}")).to_be_attached()
    assert page.locator(".msg").evaluate_all("all => all.map((each) => each.id)")[: len(shown)] == shown


def test_break_is_said_and_taken_back(page: Page, line: Line) -> None:
    line.cut()
    expect(page.locator("#net")).to_contain_text("Mất kết nối", timeout=15_000)
    line.mend()
    expect(page.locator("#net")).to_be_hidden(timeout=30_000)


def test_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Tới chỗ viết tin nhắn")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    text = page.get_by_label("Viết tin nhắn")
    expect(text).to_be_focused()
    page.keyboard.type("Làm giấy khai sinh")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("cần giấy gì?")
    expect(text).to_have_value("Làm giấy khai sinh\ncần giấy gì?")
    page.keyboard.press("Enter")
    wait_for_answer(page)
    expect(text).to_be_focused()
    expect(text).to_have_value("")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gửi", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".msg.citizen").nth(1)).to_contain_text("Gặp người")


def test_picture_is_previewed_then_sent(page: Page) -> None:
    page.locator("#more summary").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Gửi hình", exact=True).click()
    chooser.value.set_files({"name": "hố ga.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    dialog = page.get_by_role("dialog", name="Gửi hình này?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("đừng gửi hình căn cước")
    dialog.get_by_role("button", name="Gửi hình này").click()
    sent = page.locator(".msg.citizen a.picture img")
    expect(sent).to_be_visible()
    assert sent.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") == 320
    wait_for_answer(page)


@pytest.mark.parametrize(
    ("content", "words"), [(b"x" * (2**20 + 1), "lớn quá 1 MB"), (b"not a picture", "không phải ảnh")]
)
def test_bad_picture_is_explained(page: Page, content: bytes, words: str) -> None:
    page.locator("#image").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content})
    if len(content) < 2**20:
        page.get_by_role("button", name="Gửi hình này").click()
    expect(page.get_by_text(words)).to_be_visible()


def test_place_is_shared_after_asking(page: Page) -> None:
    page.locator("#more summary").click()
    page.get_by_role("button", name="Gửi vị trí của tôi").click()
    dialog = page.get_by_role("dialog", name="Gửi vị trí của cô/chú?")
    expect(dialog).to_contain_text("một lần")
    dialog.get_by_role("button", name="Đồng ý, gửi vị trí").click()
    expect(page.locator(".msg.citizen")).to_contain_text("vị trí")
    wait_for_answer(page)


def test_refused_place_is_explained(page: Page) -> None:
    page.context.clear_permissions()
    page.locator("#more summary").click()
    page.get_by_role("button", name="Gửi vị trí của tôi").click()
    page.get_by_role("button", name="Đồng ý, gửi vị trí").click()
    expect(page.get_by_role("alert")).to_contain_text("viết tên đường")


def test_large_letters_are_remembered(page: Page) -> None:
    text = page.get_by_label("Viết tin nhắn")
    small = text.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="Chữ lớn").click()
    expect(page.get_by_role("button", name="Chữ lớn")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert small >= 18
    assert 24 <= text.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") <= 28


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_everything_fits_and_is_large_enough(page: Page, width: int, is_large: bool) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    if is_large:
        page.get_by_role("button", name="Chữ lớn").click()
    write(page, QUESTION)
    wait_for_answer(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for selector in ("button", "summary", "a.choice", "a.tool", "textarea"):
        for box in (each.bounding_box() for each in page.locator(f"{selector}:visible").all()):
            assert box is not None
            assert box["height"] >= 48, f"{selector}: {box}"
            assert box["x"] >= 0, f"{selector}: {box}"
            assert box["x"] + box["width"] <= width, f"{selector}: {box}"
    sizes = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && e.innerText?.trim())"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 18


def test_text_contrast_is_at_least_seven(page: Page) -> None:
    write(page, QUESTION)
    wait_for_answer(page)
    poor = page.evaluate(CONTRAST)
    assert poor == []


def test_screen_reader_hears_new_messages(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    write(page, QUESTION)
    wait_for_answer(page)
    expect(log).to_contain_text("Trợ lý (máy)")
    expect(page.get_by_role("banner")).to_contain_text("Trợ lý tự động (máy)")


def test_without_javascript(chromium: Browser, line: Line) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(line.url)
    write(page, QUESTION)
    expect(page.locator(".msg.citizen")).to_contain_text(QUESTION)
    page.get_by_role("link", name="Xem tin mới").click()
    expect(page.locator(".msg.bot").first).to_contain_text("Giấy chứng sinh")
    page.get_by_role("button", name="Chữ lớn").click()
    expect(page.locator("html.large")).to_be_attached()
    context.close()


# WCAG 2.2 relative luminance, against the nearest opaque background.
CONTRAST = """() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const channel = (v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c[3] === 1) return c;
    }
    return [255, 255, 255, 1];
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
      return [e.className + ": " + e.textContent.trim().slice(0, 30), (a + 0.05) / (b + 0.05)];
    })
    .filter(([, ratio]) => ratio < 7);
}"""
