// The chat page: who one is, what the chat shows, what one sends.
import { makeTap } from "./actions.js";
import { addCalls, setUpActivity, showQuota } from "./activity.js";
import { drawEntry, STICKERS, sticker } from "./bubbles.js";
import { $, avatar, control, dayOf, h, toast } from "./dom.js";
import { setUpPlaces } from "./places.js";

const people = new Map(); // user id: user
const chats = new Map(); // user id: Map of message id: entry
const seen = new Map(); // user id: time up to which the chat was looked at
let me = null;
let version = 0;
let epoch = "";
let menuOpen = null; // null: as the rich menu's `selected` says
let opened = 0; // when this page first heard from the stand-in: what is older isn't news
let skew = 0; // the stand-in's clock minus ours, milliseconds

const tap = makeTap(act, write, (open) => { menuOpen = open; drawMenu(); });

async function act(body) {
  if (people.get(me).blocked && !["follow", "unblock"].includes(body.type)) return toast("คุณบล็อกบัญชีนี้ไว้ เลิกบล็อกก่อนนะคะ");
  try {
    await control("POST", `/users/${me}/events`, { wait: false, ...body });
  } catch (error) {
    toast(`ส่งไม่ได้: ${error.message}`);
  }
}

function write(words) {
  $("words").value = words;
  $("words").focus();
  grow();
}

const entriesOf = (id) => [...(chats.get(id)?.values() ?? [])].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
const isBots = (entry) => !["user", "postback", "notice"].includes(entry.how);

// -- drawing ----------------------------------------------------------------------------------------

function drawPeople() {
  const list = [...people.values()];
  $("persons").replaceChildren(...list.map((one, index) => {
    const unread = one.id === me ? 0 : entriesOf(one.id).filter((entry) => isBots(entry) && entry.at > (seen.get(one.id) ?? opened)).length;
    return h("button", {
      type: "button", "aria-pressed": String(one.id === me), class: one.staff ? "person staff" : "person", onclick: () => become(one.id),
    }, avatar(one.name, index),
    h("span", { class: "who" }, h("strong", {}, one.name), h("small", {}, one.about || (one.staff ? "เจ้าหน้าที่" : "ประชาชน"))),
    unread ? h("span", { class: "unread", "aria-label": `${unread} ข้อความใหม่` }, String(unread)) : null);
  }));
}

// A bubble that didn't change keeps its element: pictures don't blink, carousels stay where they were.
const drawn = new Map(); // message id: [version, element]
const days = new Map();
const typing = h("div", { class: "typing", role: "status", "aria-label": "กำลังพิมพ์" }, h("i"), h("i"), h("i"));

function bubbleOf(entry) {
  const [known, element] = drawn.get(entry.id) ?? [];
  if (known === entry.version) return element;
  const fresh = drawEntry(entry, tap, (one) => act({ type: "unsend", messageId: one.id }));
  drawn.set(entry.id, [entry.version, fresh]);
  return fresh;
}

function dayLine(day) {
  if (!days.has(day)) days.set(day, h("p", { class: "day" }, day));
  return days.get(day);
}

let timer;
function drawChat() {
  const entries = entriesOf(me);
  const wanted = [];
  let day = "";
  for (const entry of entries) {
    if (dayOf(entry.at) !== day) wanted.push(dayLine(day = dayOf(entry.at)));
    wanted.push(bubbleOf(entry));
  }
  const waits = people.get(me).loading_until * 1000 - (Date.now() + skew);
  clearTimeout(timer);
  if (waits > 0) {
    wanted.push(typing);
    timer = setTimeout(drawChat, waits + 50);
  }
  let here = $("said").firstChild;
  for (const element of wanted) {
    if (element === here) here = here.nextSibling;
    else $("said").insertBefore(element, here);
  }
  while (here) {
    const next = here.nextSibling;
    here.remove();
    here = next;
  }
  drawQuick(entries.at(-1));
}

// Who reads the newest message keeps seeing it, whatever grows above or below.
let atEnd = true;
let shape = ""; // a scroll while the sizes change isn't the reader's
const shapeOf = (chat) => `${chat.clientHeight} ${chat.scrollHeight}`;
function stayAtEnd() {
  const chat = $("chat");
  if (atEnd) chat.scrollTop = chat.scrollHeight;
  shape = shapeOf(chat);
}
function noteScroll() {
  const chat = $("chat");
  if (shape === shapeOf(chat)) atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
}

/** Quick replies belong to the very last message and go with the next one. */
function drawQuick(last) {
  const items = last && isBots(last) ? last.message.quickReply?.items ?? [] : [];
  const usable = !people.get(me).blocked && people.get(me).friend;
  $("quick").replaceChildren(...(usable ? items : []).map((item) =>
    h("button", { type: "button", onclick: () => tap(item.action) },
      item.imageUrl ? h("img", { src: item.imageUrl, alt: "" }) : null, item.action.label)));
}

function drawMe() {
  const one = people.get(me);
  const stranger = !one.friend || one.blocked;
  $("you").textContent = `คุณคือ ${one.name}`;
  $("block").textContent = one.blocked ? "เลิกบล็อกบัญชีนี้" : "บล็อกบัญชีนี้";
  $("block").hidden = !one.friend;
  $("stranger").hidden = !stranger;
  $("stage").classList.toggle("alone", stranger);
  $("composer").hidden = stranger;
  $("stranger-words").textContent = one.blocked
    ? "คุณบล็อกบัญชีนี้ไว้ ระบบจึงส่งอะไรถึงคุณไม่ได้"
    : `ตอนนี้คุณคือ ${one.name} เริ่มคุยโดยเพิ่ม ${$("stage").dataset.botName} เป็นเพื่อน`;
  $("befriend").textContent = one.blocked ? "เลิกบล็อก" : "เพิ่มเพื่อน";
  $("stranger-note").hidden = one.blocked;
  if (stranger) closeTray();
  $("hint").hidden = stranger || entriesOf(me).some((entry) => entry.how === "user");
  drawMenu();
}

let menuDrawn = "";
function drawMenu() {
  const one = people.get(me);
  const menu = one.rich_menu;
  const usable = Boolean(menu) && one.friend && !one.blocked;
  const open = usable && (menuOpen ?? menu.selected) && $("tray").hidden;
  $("menu-bar").hidden = !usable;
  $("menu").hidden = !open;
  if (!usable) return;
  $("menu-bar").textContent = `${menu.chatBarText} ${open ? "▾" : "▴"}`;
  $("menu-bar").setAttribute("aria-expanded", String(Boolean(open)));
  if (menuDrawn === menu.richMenuId) return;
  menuDrawn = menu.richMenuId;
  const { width, height } = menu.size;
  $("menu").style.aspectRatio = `${width} / ${height}`;
  $("menu").replaceChildren(
    h("img", { src: `/_control/rich-menu/${menu.richMenuId}`, alt: "" }),
    ...menu.areas.map(({ bounds, action }) => h("button", {
      type: "button", "aria-label": action.label ?? action.displayText ?? action.text ?? "ปุ่มเมนู", onclick: () => tap(action),
      style: {
        left: `${(bounds.x / width) * 100}%`, top: `${(bounds.y / height) * 100}%`,
        width: `${(bounds.width / width) * 100}%`, height: `${(bounds.height / height) * 100}%`,
      },
    })));
}

function become(id) {
  me = id;
  menuOpen = null;
  atEnd = true;
  seen.set(me, Date.now() + skew);
  localStorage.setItem("person", id);
  drawPeople();
  drawMe();
  drawChat();
}

// -- what arrives -----------------------------------------------------------------------------------

function take(news) {
  if (news.epoch !== epoch) {
    epoch = news.epoch;
    people.clear();
    chats.clear();
    $("calls").replaceChildren();
    drawn.clear();
  }
  version = news.version;
  skew = news.now - Date.now();
  opened ||= news.now;
  const mine = news.messages.some((entry) => entry.user_id === me) || news.users.some((one) => one.id === me);
  for (const one of news.users) people.set(one.id, one);
  for (const entry of news.messages) {
    if (!chats.has(entry.user_id)) chats.set(entry.user_id, new Map());
    chats.get(entry.user_id).set(entry.id, entry);
  }
  addCalls(news.calls, (id) => people.get(id)?.name ?? "?");
  showQuota(news.quota);
  if (!people.size) return;
  if (!people.has(me)) {
    const wanted = new URLSearchParams(location.search).get("person") ?? localStorage.getItem("person");
    const first = [...people.values()].find((one) => one.id === wanted || one.name === wanted) ?? people.values().next().value;
    become(first.id);
    return;
  }
  if (mine) {
    seen.set(me, news.now);
    drawMe();
    drawChat();
  }
  drawPeople();
}

async function listen() {
  for (;;) {
    try {
      take(await control("GET", `/updates?after=${version}&epoch=${epoch}&wait=25`));
    } catch {
      toast("ขาดการติดต่อกับ LINE จำลอง กำลังลองใหม่");
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

// -- what is sent -----------------------------------------------------------------------------------

function grow() {
  $("words").style.height = "auto";
  $("words").style.height = `${Math.min($("words").scrollHeight, 110)}px`;
}

function closeTray() {
  $("tray").hidden = true;
  $("plus").setAttribute("aria-expanded", "false");
}

async function sendFiles(files) {
  const asBase64 = (file) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(file);
  });
  const set = files.length > 1 ? { id: crypto.randomUUID().replaceAll("-", "").toUpperCase(), total: files.length } : null;
  for (const [index, file] of [...files].entries()) {
    const body = { type: "image", mediaType: file.type || "image/jpeg", data: await asBase64(file) };
    if (set) body.imageSet = { ...set, index: index + 1 };
    await act(body);
  }
}

function setUp() {
  const watcher = new ResizeObserver(stayAtEnd);
  watcher.observe($("chat"));
  watcher.observe($("said"));
  $("chat").addEventListener("scroll", noteScroll);
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("words").value.trim();
    if (!text) return;
    act({ type: "text", text });
    write("");
  });
  $("words").addEventListener("input", grow);
  $("words").addEventListener("focus", () => { menuOpen = false; closeTray(); drawMenu(); });
  $("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
  });
  $("plus").addEventListener("click", () => {
    $("tray").hidden = !$("tray").hidden;
    $("plus").setAttribute("aria-expanded", String(!$("tray").hidden));
    drawMenu();
  });
  $("menu-bar").addEventListener("click", () => { menuOpen = $("menu").hidden; closeTray(); drawMenu(); });
  $("befriend").addEventListener("click", () => act({ type: people.get(me).blocked ? "unblock" : "follow" }));
  document.addEventListener("click", (event) => { if (!$("more").contains(event.target)) $("more").open = false; });
  $("block").addEventListener("click", () => { $("more").open = false; act({ type: people.get(me).blocked ? "unblock" : "block" }); });
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => { closeTray(); drawMenu(); $(button.dataset.open).showModal(); });
  }
  for (const button of document.querySelectorAll("[data-send]")) {
    button.addEventListener("click", () => { closeTray(); drawMenu(); act({ type: button.dataset.send, fileName: "เอกสารตัวอย่าง.pdf" }); });
  }
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => { $("photo").close(); act({ type: "image", sample: button.dataset.sample }); });
  }
  $("file").addEventListener("change", () => { $("photo").close(); sendFiles($("file").files).then(() => { $("file").value = ""; }); });
  $("sticker-grid").append(...STICKERS.map(({ packageId, stickerId, keywords }) =>
    h("button", { type: "button", onclick: () => { $("stickers").close(); act({ type: "sticker", packageId, stickerId, keywords }); } }, sticker(packageId, stickerId))));
  $("font").addEventListener("click", () => setFont(!document.body.classList.contains("large")));
  setFont(localStorage.getItem("large") === "yes");
  setUpPlaces(act);
  setUpActivity();
  const words = new URLSearchParams(location.search).get("text");
  if (words) write(words);
}

function setFont(large) {
  document.body.classList.toggle("large", large);
  $("font").setAttribute("aria-pressed", String(large));
  localStorage.setItem("large", large ? "yes" : "no");
}

setUp();
listen();
