// The builder without reloading: a step is sent, and only what changed is drawn anew. Without this script every button
// is an ordinary form's button.
(() => {
  "use strict";
  const page = document.querySelector("[data-builder]");
  const form = page?.querySelector("form[data-steps]");
  if (!form) return;
  const frame = page.querySelector("[data-page]");
  let last = Promise.resolve();
  let waiting = 0;

  const swap = (fresh, name) => {
    const [now, then] = [document, fresh].map((where) => where.querySelector(`[data-swap="${name}"]`));
    const top = now.scrollTop;
    now.replaceWith(then);
    then.scrollTop = top;
  };
  const say = (fresh) => {
    for (const old of document.querySelectorAll("main > .alert")) old.remove();
    document.querySelector("main > .head").before(...fresh.querySelectorAll("main > .alert"));
  };
  const focus = (step, anchor) => {
    const open = form.querySelector("[data-editor]");
    const place = document.getElementById(anchor) || open?.closest(".fb-field");
    place?.scrollIntoView({ block: open ? "start" : "nearest" });
    if (/^(open|add):/.test(step)) open?.querySelector(".form-control")?.focus({ preventScroll: true });
    if (step === "more") [...open.querySelectorAll("[name=f_option]")].at(-2)?.focus();
  };
  const step = async (data) => {
    const answer = await fetch(form.action, { method: "POST", body: data });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !fresh.querySelector("[data-builder]")) throw new Error("not the builder");
    return [fresh, answer.url];
  };
  // One after the other: the second must find what the first has stored.
  const queue = (work, otherwise) => {
    page.setAttribute("aria-busy", "true");
    waiting += 1;
    last = last.then(work).catch(otherwise).finally(() => {
      waiting -= 1;
      if (!waiting) page.removeAttribute("aria-busy");
    });
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = event.submitter?.value || "save";
    queue(async () => {
      const data = new FormData(form);
      data.set("do", wanted);
      const [fresh, address] = await step(data);
      for (const name of ["bar", "chat", "fields"]) swap(fresh, name);
      say(fresh);
      history.replaceState(null, "", address);
      frame.contentWindow.location.reload();
      focus(wanted, new URL(address).hash.slice(1) || `f-${wanted.split(":")[1] || ""}`);
    }, () => {
      // Signed out, or no line: let the browser send it, so that it says what is wrong.
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: wanted }));
      form.submit();
    });
  });
  // What is typed is kept without a button too; the inputs stay as they are.
  form.addEventListener("change", (event) => {
    if (!event.target.closest("[data-editor]") || event.target.name === "f_place") return;
    queue(async () => {
      const data = new FormData(form);
      data.delete("f_place");
      data.set("do", "save");
      const [fresh] = await step(data);
      for (const name of ["bar", "chat"]) swap(fresh, name);
      frame.contentWindow.location.reload();
    }, () => {});
  });
})();
