// Helps that the pages do without: my position, printing, smaller photos, one press of a button.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // Fields that are asked only after certain answers: "what=cut,insects&trees>=3&tools~crane".
  const given = (form, name) => [...form.querySelectorAll(`[name="${name}"]`)]
    .filter((input) => !input.closest("[data-only-when][hidden]"))
    .filter((input) => !/^(radio|checkbox)$/.test(input.type) || input.checked)
    .map((input) => input.value.replace(/[๐-๙]/g, (digit) => digit.charCodeAt(0) - 0x0e50).trim());
  const holds = (form, test) => {
    const [, name, sign, wanted] = /^(\w+)(>=|=|~)(.*)$/.exec(test);
    const values = given(form, name);
    if (sign === ">=") return values.some((value) => parseFloat(value.replace(/,/g, "")) >= parseFloat(wanted));
    return values.some((value) => wanted.split(",").includes(value));
  };
  const asking = new Set([...document.querySelectorAll("[data-only-when]")].map((box) => box.closest("form")));
  for (const form of asking) {
    const boxes = [...form.querySelectorAll("[data-only-when]")];
    const show = () => {
      for (const box of boxes) box.hidden = !box.dataset.onlyWhen.split("&").every((test) => holds(form, test));
    };
    for (const hint of form.querySelectorAll("[data-hint]")) hint.hidden = true;
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }

  for (const box of document.querySelectorAll("[data-pin]")) {
    if (!navigator.geolocation || !window.isSecureContext) continue;
    const form = box.closest("form");
    const field = (name) => form.elements[`${box.dataset.pin}_${name}`];
    const said = box.querySelector("[role=status]");
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      said.textContent = "กำลังหาตำแหน่ง…";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          field("latitude").value = coords.latitude.toFixed(6);
          field("longitude").value = coords.longitude.toFixed(6);
          said.textContent = "ได้ตำแหน่งแล้วค่ะ พิมพ์จุดสังเกตเพิ่มได้";
        },
        () => { said.textContent = "หาตำแหน่งไม่ได้ค่ะ พิมพ์บอกสถานที่แทนได้เลย"; },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }

  // Photos are made smaller before they are sent: a phone's 8 MB take minutes on a weak signal.
  const LONGEST = 2000;
  async function smaller(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 700000) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  }
  for (const input of document.querySelectorAll("input[type=file][data-photos]")) {
    const note = input.parentElement.querySelector("[data-photo-note]");
    const most = Number(input.dataset.photos);
    input.addEventListener("change", async () => {
      const all = [...input.files];
      const many = all.length > most;
      note.hidden = false;
      note.textContent = "กำลังเตรียมรูป…";
      input.dataset.busy = "yes";
      const files = new DataTransfer();
      for (const file of all.slice(0, most)) files.items.add(await smaller(file));
      if (all.length) input.files = files.files;
      delete input.dataset.busy;
      note.textContent = many ? `รับได้ ${most} รูปค่ะ เอา ${most} รูปแรกไว้ให้แล้ว` : all.length ? `เลือกแล้ว ${all.length} รูป` : "";
    });
  }

  for (const form of document.querySelectorAll("form[data-once]")) {
    let sent = false;
    const buttons = [...form.querySelectorAll("button[type=submit]")].map((button) => [button, button.innerHTML]);
    form.addEventListener("submit", (event) => {
      if (sent || form.querySelector("[data-busy]")) { event.preventDefault(); return; }
      sent = true;
      for (const [button] of buttons) button.textContent = "กำลังส่ง…";
    });
    // Back from the next page: what was typed is still here and may be sent again.
    window.addEventListener("pageshow", () => {
      sent = false;
      for (const [button, words] of buttons) button.innerHTML = words;
    });
  }
})();
