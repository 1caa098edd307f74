// An invented tambon on a drawn map: no tiles, no third party.
import { h, $ } from "./dom.js";

const NORTH = 13.112, SOUTH = 13.094, WEST = 99.93, EAST = 99.954; // degrees
const WIDE = 360, TALL = 270;
const PLACES = [
  { title: "ที่ทำการ อบต.", address: "หมู่ 1 ถนนสายหลัก", latitude: 13.1022, longitude: 99.9405 },
  { title: "หน้าวัดดอนทราย", address: "หมู่ 3", latitude: 13.1068, longitude: 99.9391 },
  { title: "โรงเรียนบ้านคลองใส", address: "หมู่ 2", latitude: 13.1004, longitude: 99.9486 },
  { title: "ตลาดนัดเย็น", address: "หมู่ 1", latitude: 13.1052, longitude: 99.9482 },
  { title: "สะพานข้ามคลอง", address: "หมู่ 5", latitude: 13.1003, longitude: 99.9349 },
  { title: "บ่อขยะเก่า", address: "หมู่ 4", latitude: 13.0972, longitude: 99.9455 },
];

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, attributes, words) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (words) element.textContent = words;
  return element;
}
const x = (longitude) => ((longitude - WEST) / (EAST - WEST)) * WIDE;
const y = (latitude) => ((NORTH - latitude) / (NORTH - SOUTH)) * TALL;

/** Fill the dialog; `send(location)` is called with what was chosen. */
export function setUpPlaces(send) {
  const form = $("place-form");
  const map = shape("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": "แผนที่ตำบลสมมติ แตะเพื่อปักหมุด" });
  map.append(
    shape("rect", { width: WIDE, height: TALL, fill: "#e6efd9" }),
    shape("path", { d: "M0 170 C90 130 150 210 230 165 S330 130 360 150", fill: "none", stroke: "#a9cfe8", "stroke-width": 15 }),
    shape("path", { d: "M0 128 L360 132 M180 0 L190 270 M60 0 L95 270 M270 130 L300 270", fill: "none", stroke: "#fff", "stroke-width": 8 }),
    shape("path", { d: "M0 128 L360 132", fill: "none", stroke: "#f5d58a", "stroke-width": 4 }),
  );
  for (const one of PLACES) {
    map.append(shape("circle", { cx: x(one.longitude), cy: y(one.latitude), r: 4, fill: "#51624a" }));
    map.append(shape("text", { x: x(one.longitude), y: y(one.latitude) - 8, "text-anchor": "middle", "font-size": 11, fill: "#2d3a29" }, one.title));
  }
  const pin = shape("path", { d: "M0 0 C-4 -9 -9 -12 -9 -18 A9 9 0 0 1 9 -18 C9 -12 4 -9 0 0 Z", fill: "#d93025", stroke: "#fff", "stroke-width": 1.5 });
  map.append(pin);

  function choose(place) {
    for (const name of ["title", "address", "latitude", "longitude"]) form.elements[name].value = place[name] ?? "";
    pin.setAttribute("transform", `translate(${x(place.longitude)} ${y(place.latitude)})`);
  }
  map.addEventListener("click", (event) => {
    const box = map.getBoundingClientRect();
    choose({
      title: "", address: "ปักหมุดเอง",
      latitude: (NORTH - ((event.clientY - box.top) / box.height) * (NORTH - SOUTH)).toFixed(6),
      longitude: (WEST + ((event.clientX - box.left) / box.width) * (EAST - WEST)).toFixed(6),
    });
  });
  $("map").append(map);
  $("places").append(...PLACES.map((one) => h("button", { type: "button", onclick: () => choose(one) }, one.title)));
  choose(PLACES[1]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = (name) => form.elements[name].value;
    const location = { type: "location", latitude: Number(value("latitude")), longitude: Number(value("longitude")) };
    if (value("title")) location.title = value("title");
    if (value("address")) location.address = value("address");
    $("place").close();
    send(location);
  });
}
