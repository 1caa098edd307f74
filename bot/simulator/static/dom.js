// Small helpers that everything else on the page uses.

/** Make an element: h("p", {class: "x", onclick: f}, "words", child). Text is always text, never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const $ = (id) => document.getElementById(id);

const clock = new Intl.DateTimeFormat("th-TH-u-nu-latn", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Bangkok" });
const calendar = new Intl.DateTimeFormat("th-TH-u-ca-buddhist-nu-latn", {
  day: "numeric", month: "short", year: "numeric", timeZone: "Asia/Bangkok",
});
export const timeOf = (milliseconds) => clock.format(milliseconds).replace(":", ".") + " น.";
export const dayOf = (milliseconds) => calendar.formatToParts(milliseconds)
  .filter((part) => ["day", "month", "year"].includes(part.type)).map((part) => part.value).join(" ");

let hiding;
/** A short notice at the bottom of the phone. */
export function toast(words) {
  const element = $("toast");
  element.textContent = words;
  element.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { element.hidden = true; }, 3500);
}

/** The stand-in's control API. Throws an Error with its words. */
export async function control(method, path, body) {
  const answer = await fetch("/_control" + path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const known = await answer.json();
  if (!answer.ok) throw new Error(known.message);
  return known;
}

const COLOURS = ["#c2577d", "#2f7d6b", "#8a5a1c", "#3c63a8", "#7a4fa3", "#a5472f"];
/** A coloured disc with somebody's first letter: invented people have no photos. */
export function avatar(name, index) {
  const plain = name.replace(/^(นาย|นางสาว|นาง|ยาย|ตา|ลุง|ป้า|ช่าง|ปลัด|นายก|คุณ)(?=.)/, "");
  const letter = [...plain].find((sign) => /[ก-ฮA-Za-z0-9]/.test(sign)) ?? "?";
  return h("span", { class: "avatar", "aria-hidden": "true", style: { background: COLOURS[index % COLOURS.length] } }, letter);
}

export const isHttp = (uri) => /^https?:\/\//i.test(uri);
