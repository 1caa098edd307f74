// What a tap does: postback, message, link, camera, place, date, clipboard.
import { $, isHttp, toast } from "./dom.js";

/** `act(body)` does something as the person; `write(words)` puts words into the composer. */
export function makeTap(act, write, menu) {
  function postback(action, params) {
    if (action.inputOption === "closeRichMenu") menu(false);
    if (action.inputOption === "openRichMenu") menu(true);
    if (action.inputOption === "openKeyboard") write(action.fillInText ?? "");
    const body = { type: "postback", data: action.data };
    if (action.displayText) body.displayText = action.displayText;
    if (params) body.params = params;
    act(body);
    if (action.text) act({ type: "text", text: action.text });
  }

  function open(uri) {
    const prefilled = uri.match(/^https:\/\/line\.me\/R\/oaMessage\/[^/]*\/\?(.*)$/);
    if (prefilled) write(decodeURIComponent(prefilled[1]));
    else if (isHttp(uri)) window.open(uri, "_blank", "noopener");
    else if (uri.startsWith("tel:")) toast(`โทรศัพท์จะโทรไปที่ ${uri.slice(4)}`);
    else toast(`LINE จะเปิด ${uri}`);
  }

  function pickDate(action) {
    const input = $("when-input");
    input.type = action.mode === "datetime" ? "datetime-local" : action.mode;
    for (const [name, key] of [["min", "min"], ["max", "max"], ["value", "initial"]]) input[name] = (action[key] ?? "").replace("t", "T");
    $("when-label").textContent = action.label ?? "";
    $("when-form").onsubmit = (event) => {
      event.preventDefault();
      $("when").close();
      postback(action, { [action.mode]: input.value });
    };
    $("when").showModal();
  }

  return function tap(action) {
    switch (action.type) {
      case "postback": return postback(action);
      case "message": return act({ type: "text", text: action.text });
      case "uri": return open(action.uri);
      case "datetimepicker": return pickDate(action);
      case "camera":
      case "cameraRoll": return $("photo").showModal();
      case "location": return $("place").showModal();
      case "clipboard":
        navigator.clipboard?.writeText(action.clipboardText);
        return toast("คัดลอกแล้ว");
      case "richmenuswitch":
        return act({ type: "postback", data: action.data, params: { newRichMenuAliasId: action.richMenuAliasId, status: "SUCCESS" } });
    }
    return toast(`ยังไม่รู้จักปุ่มแบบ ${action.type}`);
  };
}
