// One message object to one element.
import { h, isHttp, timeOf, $ } from "./dom.js";
import { drawFlex } from "./flex.js";

// Stickers are drawn here: words on a disc, as LINE's own pictures aren't ours to show.
export const STICKERS = [
  { packageId: "11537", stickerId: "52002734", words: "สวัสดี", colour: "#f6c445", keywords: ["สวัสดี"] },
  { packageId: "11537", stickerId: "52002735", words: "ขอบคุณ", colour: "#f39ab0", keywords: ["ขอบคุณ"] },
  { packageId: "11537", stickerId: "52002739", words: "โอเค", colour: "#7cc6a4", keywords: ["โอเค", "ตกลง"] },
  { packageId: "11537", stickerId: "52002744", words: "รับทราบ", colour: "#8fb6e8", keywords: ["รับทราบ"] },
  { packageId: "11537", stickerId: "52002752", words: "งงจัง", colour: "#c9b3e6", keywords: ["งง"] },
  { packageId: "11537", stickerId: "52002763", words: "ไม่ไหว", colour: "#f0a070", keywords: ["เหนื่อย"] },
];

export function sticker(packageId, stickerId) {
  const known = STICKERS.find((one) => one.packageId === packageId && one.stickerId === stickerId);
  return h("div", { class: "sticker", role: "img", "aria-label": `สติกเกอร์ ${known?.words ?? ""}`, style: { background: known?.colour ?? "#ccc" } }, known?.words ?? "สติกเกอร์");
}

/** The content of one bubble; `tap(action)` runs what a button does. */
export function drawMessage(entry, tap) {
  const message = entry.message;
  const mine = `/_control/content/${entry.id}`;
  const own = entry.how === "user";
  switch (message.type) {
    case "text":
    case "textV2":
      return h("div", { class: "text" }, ...linked(message.text));
    case "sticker":
      return sticker(message.packageId, message.stickerId);
    case "image":
      return picture(own ? mine : message.previewImageUrl, own ? mine : message.originalContentUrl);
    case "video":
      return own ? note("วิดีโอ", "ตัวอย่าง ไม่มีภาพ") : h("video", { controls: true, src: message.originalContentUrl, poster: message.previewImageUrl });
    case "audio":
      return h("audio", { controls: true, preload: "none", src: own ? mine : message.originalContentUrl });
    case "file":
      return note(message.fileName, `${message.fileSize} ไบต์`);
    case "location":
      return place(message);
    case "template":
      return template(message.template, tap);
    case "flex":
      return drawFlex(message.contents, tap);
    case "imagemap":
      return picture(`${message.baseUrl}/700`, `${message.baseUrl}/1040`, message.altText);
  }
  return note(message.type, "");
}

const note = (title, words) => h("div", { class: "note" }, h("strong", {}, title), h("small", {}, words));

/** Words with their web addresses as links. */
function linked(words) {
  return words.split(/(https?:\/\/[^\s<>"]+)/).map((part) =>
    isHttp(part) ? h("a", { href: part, target: "_blank", rel: "noopener" }, part) : part);
}

function picture(small, large, words = "รูปภาพ") {
  if (!small.startsWith("/") && !isHttp(small)) return note(words, "");
  return h("button", {
    type: "button", class: "picture", "aria-label": `${words} กดเพื่อขยาย`,
    onclick: () => { $("viewer-image").src = large; $("viewer").showModal(); },
  }, h("img", { src: small, alt: words, loading: "lazy" }));
}

function place(message) {
  const map = `https://www.openstreetmap.org/?mlat=${message.latitude}&mlon=${message.longitude}`;
  return h("div", { class: "place" },
    h("div", { class: "tiny-map", "aria-hidden": "true" }),
    h("strong", {}, message.title || "ตำแหน่ง"),
    message.address ? h("span", {}, message.address) : null,
    h("small", {}, `${Number(message.latitude).toFixed(5)}, ${Number(message.longitude).toFixed(5)}`),
    h("a", { href: map, target: "_blank", rel: "noopener" }, "เปิดแผนที่จริง"));
}

function template(body, tap) {
  if (body.type === "carousel") return h("div", { class: "carousel", tabindex: "0" }, ...body.columns.map((column) => card(column, body, tap)));
  if (body.type === "image_carousel") {
    return h("div", { class: "carousel", tabindex: "0" }, ...body.columns.map((column) =>
      h("button", { type: "button", class: "card image-card", onclick: () => tap(column.action) },
        h("img", { src: column.imageUrl, alt: "" }), h("span", {}, column.action.label ?? ""))));
  }
  return card(body, body, tap);
}

function card(body, frame, tap) {
  return h("div", { class: `card ${body.type ?? ""}` },
    body.thumbnailImageUrl ? h("img", { src: body.thumbnailImageUrl, alt: "", class: frame.imageAspectRatio ?? "rectangle", style: { objectFit: frame.imageSize ?? "cover", background: body.imageBackgroundColor ?? "" } }) : null,
    h("div", { class: "card-words" }, body.title ? h("strong", {}, body.title) : null, h("p", {}, body.text)),
    h("div", { class: "card-actions" }, ...body.actions.map((action) => h("button", { type: "button", onclick: () => tap(action) }, action.label))));
}

const NOTICES = { follow: "เพิ่มเพื่อนแล้ว", block: "บล็อกบัญชีนี้แล้ว", unblock: "เลิกบล็อกแล้ว" };
const LABELS = {
  reply: ["free", "ตอบกลับ (ฟรี)"],
  push: ["paid", "push (คิดโควตา)"],
  multicast: ["paid", "multicast (คิดโควตา)"],
  broadcast: ["paid", "broadcast (คิดโควตา)"],
};

/** A bubble with what stands around it: how it came, when, read or not, unsend. */
export function drawEntry(entry, tap, unsend) {
  if (entry.how === "notice") return h("p", { class: "notice" }, NOTICES[entry.message.type] ?? "");
  const own = !(entry.how in LABELS);
  if (entry.unsent) return h("p", { class: "notice" }, "ยกเลิกข้อความแล้ว");
  const about = h("div", { class: "about" });
  if (own) {
    if (entry.read) about.append(h("span", {}, "อ่านแล้ว"));
    if (entry.webhook === null) about.append(h("span", { class: "waiting" }, "รอส่งถึงระบบ"));
    else if (!entry.webhook.startsWith("2")) about.append(h("span", { class: "late" }, "ยังไม่ถึงระบบ กำลังส่งซ้ำ"));
    if (entry.how === "user") about.append(h("button", { type: "button", class: "unsend", onclick: () => unsend(entry) }, "ยกเลิกข้อความ"));
  } else {
    const [kind, words] = LABELS[entry.how];
    about.append(h("span", { class: `how ${kind}` }, words));
  }
  about.append(h("time", {}, timeOf(entry.at)));
  return h("div", { class: `entry ${own ? "own" : "bot"} is-${entry.message.type}` },
    h("div", { class: "bubble" }, drawMessage(entry, tap)), about);
}
