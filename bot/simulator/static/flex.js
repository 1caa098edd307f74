// Flex Messages, drawn close to how LINE draws them.
import { h, isHttp } from "./dom.js";

const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const GRAVITY = { top: "flex-start", bottom: "flex-end", center: "center" };

const length = (value, table) => (value in table ? `${table[value]}px` : value);
/** Only what asks for it follows the reader's font size: that is LINE's `scaling`. */
const font = (part) => {
  const size = length(part.size ?? "md", FONT);
  return part.scaling ? `calc(${size} * var(--scale))` : size;
};

/** `tap(action)` is called when something with an action is tapped. */
export function drawFlex(contents, tap) {
  if (contents.type === "carousel") {
    return h("div", { class: "carousel", tabindex: "0", "aria-label": "เลื่อนดูได้" },
      ...contents.contents.map((bubble) => drawBubble(bubble, tap)));
  }
  return drawBubble(contents, tap);
}

function drawBubble(bubble, tap) {
  const element = h("div", {
    class: `flex-bubble ${bubble.size ?? "mega"}`,
    style: { width: `${WIDTH[bubble.size ?? "mega"]}px` },
    dir: bubble.direction,
  });
  const narrow = ["nano", "micro"].includes(bubble.size);
  for (const name of ["header", "hero", "body", "footer"]) {
    const part = bubble[name];
    if (!part) continue;
    const style = bubble.styles?.[name] ?? {};
    const block = h("div", { class: `block ${name}${narrow ? " narrow" : ""}` });
    if (style.backgroundColor) block.style.background = style.backgroundColor;
    if (style.separator) block.style.borderTop = `1px solid ${style.separatorColor ?? "#d4d6da"}`;
    const drawn = draw(part, "vertical", tap);
    if (part.type === "box" && hasPadding(part)) block.style.padding = "0";
    block.append(drawn);
    element.append(block);
  }
  return tappable(element, bubble.action, tap);
}

const hasPadding = (box) => ["paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"].some((key) => key in box);

function draw(part, layout, tap) {
  const drawn = PARTS[part.type]?.(part, tap, layout) ?? h("span");
  place(drawn, part, layout);
  return drawn;
}

/** How a part sits in its box. */
function place(element, part, layout) {
  const style = element.style;
  const across = layout !== "vertical";
  const flex = part.flex ?? (across && part.type !== "icon" && part.type !== "separator" ? 1 : 0);
  if (part.type === "filler") style.flex = `${part.flex ?? 1} 1 0`;
  else if (flex > 0) style.flex = `${flex} 1 0`;
  else style.flex = "0 0 auto";
  if (across && flex > 0) style.minWidth = "0";
  if (part.gravity && across) style.alignSelf = GRAVITY[part.gravity];
  if (part.position === "absolute") style.position = "absolute";
  for (const [key, side] of [["offsetTop", "top"], ["offsetBottom", "bottom"], ["offsetStart", "left"], ["offsetEnd", "right"]]) {
    if (!(key in part)) continue;
    style[side] = length(part[key], SPACE);
    if (part.position !== "absolute") style.position = "relative";
  }
}

function drawBox(box, tap) {
  const element = h("div", { class: `flex-box ${box.layout}` });
  const style = element.style;
  if (box.backgroundColor) style.background = box.backgroundColor;
  if (box.background?.type === "linearGradient") {
    const middle = box.background.centerColor ? `, ${box.background.centerColor} ${box.background.centerPosition ?? "50%"}` : "";
    style.background = `linear-gradient(${box.background.angle}, ${box.background.startColor}${middle}, ${box.background.endColor})`;
  }
  if (box.borderColor || box.borderWidth) {
    style.border = `${length(box.borderWidth ?? "normal", BORDER)} solid ${box.borderColor ?? "#d4d6da"}`;
  }
  if (box.cornerRadius) {
    style.borderRadius = length(box.cornerRadius, { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 });
    style.overflow = "hidden";
  }
  for (const key of ["width", "maxWidth", "height", "maxHeight", "justifyContent", "alignItems"]) {
    if (box[key]) style[key] = box[key];
  }
  for (const [key, side] of [["paddingAll", ""], ["paddingTop", "Top"], ["paddingBottom", "Bottom"], ["paddingStart", "Left"], ["paddingEnd", "Right"]]) {
    if (key in box) style[`padding${side}`] = length(box[key], SPACE);
  }
  const side = box.layout === "vertical" ? "marginTop" : "marginLeft";
  box.contents.forEach((part, index) => {
    const drawn = draw(part, box.layout, tap);
    if (index > 0) drawn.style[side] = length(part.margin ?? box.spacing ?? "none", SPACE);
    element.append(drawn);
  });
  return tappable(element, box.action, tap);
}

function drawText(text, tap) {
  const element = h("div", { class: "flex-text" });
  dress(element, text);
  element.style.fontSize = font(text);
  if (text.align) element.style.textAlign = text.align;
  if (text.lineSpacing) element.style.lineHeight = `calc(1.4em + ${text.lineSpacing})`;
  if (text.wrap) element.classList.add("wrap");
  if (text.maxLines) Object.assign(element.style, { display: "-webkit-box", webkitLineClamp: text.maxLines, webkitBoxOrient: "vertical", overflow: "hidden" });
  if (text.contents?.length) {
    for (const span of text.contents) {
      const part = h("span", {}, span.text ?? "");
      dress(part, span);
      if (span.size) part.style.fontSize = font({ ...span, scaling: text.scaling });
      element.append(part);
    }
  } else element.textContent = text.text;
  return tappable(element, text.action, tap);
}

function dress(element, part) {
  if (part.color) element.style.color = part.color;
  if (part.weight === "bold") element.style.fontWeight = "700";
  if (part.style === "italic") element.style.fontStyle = "italic";
  if (part.decoration) element.style.textDecoration = part.decoration;
}

function drawButton(button, tap) {
  const kind = button.style ?? "link";
  const element = h("button", { type: "button", class: `flex-button ${kind} ${button.height ?? "md"}`, onclick: () => tap(button.action) }, button.action.label);
  if (button.scaling) element.style.fontSize = "calc(16px * var(--scale))";
  if (button.color) element.style[kind === "link" ? "color" : "background"] = button.color;
  return element;
}

function drawImage(image, tap) {
  const size = image.size ?? "md";
  const frame = h("div", { class: "flex-image" });
  frame.style.width = size === "full" ? "100%" : length(size, IMAGE);
  frame.style.maxWidth = "100%";
  frame.style.aspectRatio = (image.aspectRatio ?? "1:1").replace(":", " / ");
  if (image.backgroundColor) frame.style.background = image.backgroundColor;
  frame.style.marginInline = { start: "0 auto", end: "auto 0" }[image.align] ?? "auto";
  frame.append(h("img", { src: isHttp(image.url) ? image.url : "", alt: "", style: { objectFit: image.aspectMode === "cover" ? "cover" : "contain" } }));
  return tappable(frame, image.action, tap);
}

function drawIcon(icon) {
  const [wide, tall] = (icon.aspectRatio ?? "1:1").split(":");
  return h("img", { class: "flex-icon", src: isHttp(icon.url) ? icon.url : "", alt: "", style: { height: font(icon), aspectRatio: `${wide} / ${tall}` } });
}

const drawSeparator = (part, _tap, layout) => h("div", {
  class: layout === "vertical" ? "rule" : "rule upright", style: { background: part.color ?? "" },
});

const PARTS = {
  box: drawBox,
  text: drawText,
  button: drawButton,
  image: drawImage,
  icon: drawIcon,
  separator: drawSeparator,
  filler: () => h("div"),
  video: (part, tap) => draw(part.altContent, "vertical", tap),
};

function tappable(element, action, tap) {
  if (!action) return element;
  element.classList.add("tappable");
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  if (action.label) element.setAttribute("aria-label", action.label);
  element.addEventListener("click", (event) => { event.stopPropagation(); tap(action); });
  element.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === element) tap(action); });
  return element;
}
