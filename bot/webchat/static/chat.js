// The page works without this file. It adds: sending without reload, a queue for bad connections, pictures, places, large letters.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const log = $("log"), scroll = $("scroll"), text = $("text"), typing = $("typing"), newer = $("newer");
  const SEND_TIMEOUT_MS = 20000; // a picture over a slow line
  const TYPING_MS = 15000;
  const QUEUE_KEY = "cho-gui";
  const queue = []; // {id, kind: text|payload|image|location, value, label, node}, sent one by one in this order
  let busy = false, hasMoved = false, hasNew = false, failures = 0, retryTimer = 0, typingTimer = 0, offlineTimer = 0, picture = null;
  let lastId = Number(document.body.dataset.last);
  document.documentElement.classList.add("js");

  // ---- showing ----
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const parse = (html) => { const t = document.createElement("template"); t.innerHTML = html; return t.content.querySelector(".msg"); };
  const below = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight; // pixels out of sight
  function more() {
    newer.hidden = !log.childElementCount || below() < 60;
    newer.firstElementChild.textContent = hasNew ? "Có tin mới" : "Xem tiếp";
  }
  function toEnd(behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth") {
    // A long answer is read from its start: the last question stays at the top of the screen.
    const own = [...log.querySelectorAll(".msg.citizen")].pop();
    const end = scroll.scrollHeight - scroll.clientHeight;
    const top = own ? own.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop - 10 : end;
    scroll.scrollTo({ top: Math.min(top, end), behavior });
    hasMoved = hasNew = false;
    more();
  }
  function hint(words) { $("hint").textContent = words; $("hint").hidden = !words; }
  function net(words) { $("net").textContent = words; $("net").hidden = !words; document.body.classList.toggle("online", !words); }
  function showTyping(isOn) {
    clearTimeout(typingTimer);
    typing.hidden = !isOn;
    if (isOn) typingTimer = setTimeout(() => showTyping(false), TYPING_MS);
    if (isOn && !hasMoved) toEnd();
  }
  function draw(item) {
    const node = $("own").content.firstElementChild.cloneNode(true);
    node.querySelector(".body").textContent = item.label;
    if (item.kind === "image") {
      const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(item.value), alt: "Hình đang gửi" });
      const frame = Object.assign(document.createElement("p"), { className: "picture" });
      frame.append(image);
      node.querySelector(".bubble").prepend(frame);
    }
    node.append(Object.assign(document.createElement("p"), { className: "state" }));
    item.node = node;
    log.append(node);
  }
  function mark(item, words, isFailed, canRetry) {
    const state = item.node.querySelector(".state");
    item.node.classList.toggle("failed", isFailed);
    if (!state) return;
    state.textContent = words;
    if (!canRetry) return;
    const again = Object.assign(document.createElement("button"), { type: "button", className: "again", textContent: "Gửi lại" });
    again.onclick = () => { failures = 0; pump(); };
    state.append(again);
  }

  // ---- sending: one at a time, the same id until the server has it ----
  function remember() {
    const rest = queue.filter((i) => i.kind === "text" || i.kind === "payload").map(({ id, kind, value, label }) => ({ id, kind, value, label }));
    try { sessionStorage.setItem(QUEUE_KEY, JSON.stringify(rest)); } catch { /* private mode: the queue lives with the page */ }
  }
  function add(item) {
    $("welcome")?.remove();
    draw(item);
    queue.push(item);
    remember();
    if (busy || failures) mark(item, "Chờ gửi", false, false);
    toEnd();
    pump();
  }
  function request(item) {
    const headers = { "X-Requested-With": "chat" };
    if (item.kind === "location") {
      headers["Content-Type"] = "application/json";
      return { url: "/web/location", headers, body: JSON.stringify({ event_id: item.id, ...item.value }) };
    }
    const body = item.kind === "image" ? new FormData() : new URLSearchParams();
    body.append("event_id", item.id);
    body.append(item.kind, item.value);
    return { url: item.kind === "image" ? "/web/uploads" : "/web/messages", headers, body };
  }
  async function pump() {
    clearTimeout(retryTimer);
    if (busy || !queue.length) return;
    busy = true;
    const item = queue[0];
    mark(item, "Đang gửi…", false, false);
    try {
      const { url, headers, body } = request(item);
      const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(SEND_TIMEOUT_MS) });
      if (answer.ok) { settle(item, await answer.text()); done(); }
      else if (answer.status === 401 && !sessionStorage.getItem("da-tai-lai")) { sessionStorage.setItem("da-tai-lai", "1"); location.reload(); }
      else if (answer.status === 429) { const why = await answer.json(); later(item, why.text, why.retry_after_s * 1000); }
      else if (answer.status < 500) { const why = await answer.json(); mark(item, "Chưa gửi được. " + why.text, true, false); done(); }
      else later(item, "Chưa gửi được");
    } catch { later(item, "Chưa gửi được"); }
    busy = false;
    if (!failures) pump();
  }
  function done() { queue.shift(); failures = 0; remember(); sessionStorage.removeItem("da-tai-lai"); }
  function later(item, words, wait) {
    failures += 1;
    mark(item, words, true, true);
    retryTimer = setTimeout(pump, wait || Math.min(3000 * 2 ** (failures - 1), 30000));
  }
  function settle(item, html) {
    const stored = parse(html);
    if (stored && !$(stored.id)) item.node.replaceWith(stored);
    else item.node.remove();
  }

  // ---- receiving: the htmx extension keeps the stream; we say where it goes on after a break ----
  htmx.createEventSource = () => {
    const source = new EventSource("/web/events?after=" + lastId);
    source.addEventListener("typing", () => showTyping(true));
    return source;
  };
  log.addEventListener("htmx:sseBeforeMessage", (event) => {
    const node = parse(event.detail.data);
    lastId = Math.max(lastId, Number(event.detail.lastEventId) || 0);
    if (!node || $(node.id)) return event.preventDefault();
    $("welcome")?.remove();
    // Our own message came back through the stream before the answer to its sending.
    const sending = busy && queue[0];
    if (node.dataset.author === "citizen" && sending && sending.node.isConnected) {
      sending.node.replaceWith(node);
      event.preventDefault();
    }
  });
  log.addEventListener("htmx:sseMessage", () => {
    if (log.lastElementChild?.dataset.author !== "citizen") showTyping(false);
    queue.forEach((item) => item.node.isConnected && log.append(item.node));
    if (!hasMoved) return toEnd();
    hasNew = true;
    more();
  });
  document.body.addEventListener("htmx:sseOpen", () => { clearTimeout(offlineTimer); offlineTimer = 0; net(""); if (failures) { failures = 0; pump(); } });
  document.body.addEventListener("htmx:sseError", () => {
    // The stream ends every few minutes and comes back at once: only a longer break is worth a word.
    offlineTimer ||= setTimeout(() => net("Mất kết nối. Em đang nối lại, tin của cô/chú sẽ được gửi khi có mạng."), 4000);
  });
  addEventListener("offline", () => net("Máy đang mất mạng. Tin của cô/chú sẽ được gửi khi có mạng."));
  addEventListener("online", () => { failures = 0; pump(); });

  // ---- what the citizen does ----
  function say(words) { if (words) add({ id: newId(), kind: "text", value: words, label: words }); }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("send" in form.dataset)) return;
    event.preventDefault();
    hint("");
    const button = event.submitter;
    if (form.id === "write") {
      say(text.value.trim());
      text.value = "";
      grow();
      // On a phone the keyboard goes away, so that the answer has room.
      if (matchMedia("(pointer: coarse)").matches) text.blur(); else text.focus();
    } else if (button.name === "text") say(button.value);
    else {
      const label = button.querySelector("strong")?.textContent ?? button.textContent.trim().replace(/\s+/g, " ");
      button.classList.add("chosen");
      add({ id: newId(), kind: "payload", value: button.value, label });
    }
    if (button && !button.isConnected) scroll.focus({ preventScroll: true });
  });
  const grow = () => { if (!CSS.supports("field-sizing", "content")) { text.style.height = "auto"; text.style.height = text.scrollHeight + 4 + "px"; } };
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    // isComposing: an input method is still building a Vietnamese letter.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (text.value.trim()) $("write").requestSubmit();
  });
  newer.addEventListener("click", () => { if (hasNew) toEnd(); else scroll.scrollBy({ top: scroll.clientHeight * 0.8 }); scroll.focus({ preventScroll: true }); });
  // Whoever scrolls is reading: nothing jumps until they are at the end again.
  ["wheel", "touchmove", "keydown"].forEach((name) => scroll.addEventListener(name, () => { hasMoved = true; }, { passive: true }));
  scroll.addEventListener("scroll", () => { if (below() < 60) hasMoved = hasNew = false; more(); }, { passive: true });
  $("size").addEventListener("click", (event) => {
    event.preventDefault();
    const isLarge = document.documentElement.classList.toggle("large");
    event.currentTarget.setAttribute("aria-pressed", String(isLarge));
    document.cookie = `co_chu=${isLarge ? "lon" : "vua"}; path=/; max-age=31536000; samesite=lax`;
    if (log.childElementCount) toEnd("auto");
  });

  // ---- pictures and places ----
  function problem(dialog, words) { const p = dialog.querySelector(".problem"); p.textContent = words; p.hidden = !words; }
  const open = (dialog) => { $("more").open = false; problem(dialog, ""); if (!dialog.open) dialog.showModal(); };
  const actions = {
    photo: () => $("image").click(),
    place: () => open($("place")),
    close: (button) => button.closest("dialog").close(),
    "photo-send": () => { $("photo").close(); add({ id: newId(), kind: "image", value: picture, label: "" }); },
    "place-send": (button) => {
      const dialog = $("place");
      if (!navigator.geolocation) return problem(dialog, "Máy này không gửi được vị trí. Cô/chú viết tên đường, tên phường giúp em ạ.");
      button.disabled = true;
      problem(dialog, "");
      navigator.geolocation.getCurrentPosition((place) => {
        button.disabled = false;
        dialog.close();
        add({ id: newId(), kind: "location", value: { latitude: place.coords.latitude, longitude: place.coords.longitude }, label: "Vị trí của tôi" });
      }, () => {
        button.disabled = false;
        problem(dialog, "Máy chưa cho lấy vị trí. Cô/chú viết tên đường, tên phường giúp em ạ.");
      }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do](button);
    if (!event.target.closest("#more")) $("more").open = false;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") $("more").open = false; });
  $("image").addEventListener("change", () => {
    const [file] = $("image").files;
    $("image").value = "";
    if (!file) return;
    const limit = Number(document.body.dataset.maxMb);
    if (file.size > limit * 1024 * 1024) return hint(`Dạ hình lớn quá ${limit} MB. Cô/chú chọn hình nhỏ hơn giúp em ạ.`);
    hint("");
    picture = file;
    URL.revokeObjectURL($("photo-image").src);
    $("photo-image").src = URL.createObjectURL(file);
    open($("photo"));
  });

  // ---- start ----
  try { JSON.parse(sessionStorage.getItem(QUEUE_KEY) ?? "[]").forEach((item) => { $("welcome")?.remove(); draw(item); queue.push(item); }); } catch { /* nothing kept */ }
  if (log.childElementCount) toEnd("auto");
  pump();
})();
