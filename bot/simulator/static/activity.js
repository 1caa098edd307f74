// "What happens": the webhook posts and API calls, the quota, trouble on demand.
import { $, control, h, timeOf, toast } from "./dom.js";

const MOST = 150;
const WORDS = {
  "POST /v2/bot/message/reply": "ตอบกลับ (ฟรี)",
  "POST /v2/bot/message/push": "push (คิดโควตา)",
  "POST /v2/bot/message/multicast": "multicast (คิดโควตา)",
  "POST /v2/bot/message/broadcast": "broadcast (คิดโควตา)",
  "POST /v2/bot/chat/loading/start": "แสดงว่ากำลังพิมพ์",
  "POST /v2/bot/chat/markAsRead": "บอกว่าอ่านแล้ว",
  "GET /v2/bot/message/quota": "ถามโควตา",
  "GET /v2/bot/message/quota/consumption": "ถามว่าใช้โควตาไปเท่าไร",
  "GET /v2/bot/info": "ถามข้อมูลบัญชี",
};

const EVENTS = {
  follow: "เพิ่มเพื่อน", unfollow: "บล็อก", unsend: "ยกเลิกข้อความ", postback: "กดปุ่ม", text: "ข้อความ", image: "รูป",
  video: "วิดีโอ", audio: "เสียง", file: "ไฟล์", location: "ตำแหน่ง", sticker: "สติกเกอร์",
};

function eventWords(event) {
  const kind = event.type === "message" ? event.message?.type : event.type;
  return (EVENTS[kind] ?? kind) + (event.deliveryContext.isRedelivery ? " (ส่งซ้ำ)" : "");
}

function wordsOf(call, nameOf) {
  if (call.kind === "webhook") return `${call.user_ids.map(nameOf).join(", ")}: ${call.body.map(eventWords).join(", ")}`;
  const path = call.what.replace(/\/\d{10,}\//, "/…/").replace(/U[0-9a-f]{32}/, "…").replace(/richmenu-[0-9a-f]+/, "…");
  const to = call.user_ids.length ? ` → ${call.user_ids.map(nameOf).join(", ")}` : "";
  if (WORDS[call.what]) return WORDS[call.what] + to;
  if (path.includes("/content")) return path.includes("richmenu") ? "รูปของเมนู" : "ดึงไฟล์ที่ผู้ใช้ส่ง";
  if (path.includes("/profile/")) return "ถามชื่อผู้ใช้";
  if (path.includes("richmenu")) return "ตั้งเมนู";
  return path;
}

export function addCalls(calls, nameOf) {
  const list = $("calls");
  for (const call of calls) {
    const good = /^2/.test(call.status) && !call.status.includes("→");
    const incoming = call.kind === "webhook";
    const inside = incoming ? { เหตุการณ์: call.body } : { คำขอ: call.body ?? undefined, คำตอบ: call.answer ?? undefined };
    list.prepend(h("li", { class: `${call.kind} ${good ? "good" : "bad"}` },
      h("details", {},
        h("summary", {},
          h("span", { class: "way", "aria-hidden": "true" }, incoming ? "→" : "←"),
          h("span", { class: "what" }, wordsOf(call, nameOf)),
          h("span", { class: "status" }, call.status),
          h("small", {}, `${timeOf(call.at)} · ${call.milliseconds} ms`)),
        h("pre", {}, `${incoming ? "POST webhook" : call.what}\n${JSON.stringify(inside, null, 1)}`))));
  }
  while (list.children.length > MOST) list.lastChild.remove();
}

export function showQuota(quota) {
  $("quota-words").textContent = quota.limit === null ? `ใช้ไป ${quota.used} (ไม่จำกัด)` : `${quota.used} / ${quota.limit}`;
  $("quota").max = quota.limit || 1;
  $("quota").value = quota.limit === null ? 0 : quota.used;
}

export async function setUpActivity() {
  const open = (shown) => $("activity").classList.toggle("open", shown);
  $("show-activity").addEventListener("click", () => { open(true); $("hide-activity").focus(); });
  $("hide-activity").addEventListener("click", () => { open(false); $("show-activity").focus(); });
  const settings = await control("GET", "/settings");
  $("paused").checked = settings.webhook.paused;
  $("twice").checked = settings.webhook.duplicate_rate > 0;
  const set = (body, words) => control("POST", "/settings", body).then(() => toast(words));
  $("paused").addEventListener("change", () => set({ webhook: { paused: $("paused").checked } }, $("paused").checked ? "พักการส่งไว้ ข้อความจะค้างรอ" : "ส่งต่อแล้ว"));
  $("twice").addEventListener("change", () => set({ webhook: { duplicate_rate: $("twice").checked ? 1 : 0 } }, "ตั้งค่าแล้ว"));
  $("no-quota").addEventListener("click", async () => {
    const { quota } = await control("GET", "/settings");
    set({ quota: { limit: quota.limit ?? 300, used: quota.limit ?? 300 } }, "โควตาหมดแล้ว");
  });
  $("new-quota").addEventListener("click", () => set({ quota: { limit: 300, used: 0 } }, "โควตาใหม่ 300 ข้อความ"));
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.addEventListener("click", () => control("POST", "/faults", { endpoint: button.dataset.fault, kind: "status", status: 500 })
      .then(() => toast("ครั้งถัดไปจะล้มเหลว 1 ครั้ง")));
  }
}
