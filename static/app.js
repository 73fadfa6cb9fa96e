// What pages do beyond HTML, all of it optional: files are sent one by one with their progress; what is typed into a form is kept
// in this browser until the form was accepted, and offered again after a lost session. Every page works without this file.
"use strict";

// Files, one after the other

function sendFile(form, name, file, onProgress) {
  return new Promise((resolve) => {
    const data = new FormData();
    data.append("csrf_token", form.elements.csrf_token.value);
    data.append(name, file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded);
    });
    request.addEventListener("error", () => resolve({}));
    request.addEventListener("load", () => {
      try {
        resolve({ results: JSON.parse(request.responseText).results });
      } catch {
        resolve({ ended: request.status === 200 || request.status === 400 });
      }
    });
    request.send(data);
  });
}

function note(input, text, taken) {
  const group = input.closest(".govuk-form-group");
  const line = document.createElement("p");
  line.className = taken ? "govuk-hint" : "govuk-error-message";
  line.dataset.upload = "";
  line.textContent = text;
  group.classList.toggle("govuk-form-group--error", group.classList.contains("govuk-form-group--error") || !taken);
  group.insertBefore(line, input);
}

// The heading above says what stands there now, without waiting for the next page.
function markFiled(input, words) {
  const tag = input.closest("section").querySelector("h2 .govuk-tag");
  if (!tag) return;
  tag.className = "govuk-tag govuk-tag--blue";
  tag.textContent = words;
}

async function sendFiles(form, box) {
  const [status, bar] = [box.querySelector("p"), box.querySelector("progress")];
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const files = inputs.flatMap((input) => [...input.files].map((file) => ({ input, file })));
  const total = files.reduce((sum, { file }) => sum + file.size, 0) || 1;
  let [done, wrong] = [0, 0];
  for (const { input, file } of files) {
    status.textContent = box.dataset.sending.replace("{name}", file.name);
    const answer = await sendFile(form, input.name, file, (sent) => { bar.value = (100 * (done + Math.min(sent, file.size))) / total; });
    if (!answer.results) {
      status.textContent = (answer.ended ? box.dataset.ended : box.dataset.lost).replace("{name}", file.name);
      return false;
    }
    for (const result of answer.results) {
      note(input, result.text, result.taken);
      if (result.taken) markFiled(input, box.dataset.filed);
      wrong += result.taken ? 0 : 1;
    }
    done += file.size;
    bar.value = (100 * done) / total;
  }
  for (const input of inputs) input.value = "";
  status.textContent = box.dataset.kept;
  bar.remove();
  return wrong === 0;
}

function watchUploads(form) {
  form.addEventListener("submit", async (event) => {
    if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    form.querySelectorAll("[data-upload]").forEach((line) => line.remove());
    form.querySelectorAll(".govuk-form-group--error").forEach((group) => group.classList.remove("govuk-form-group--error"));
    const box = form.querySelector("template").content.firstElementChild.cloneNode(true);
    box.dataset.upload = "";
    button.before(box);
    button.disabled = true;
    const all = await sendFiles(form, box);
    button.disabled = false;
    if (all) window.location.assign(window.location.pathname);
    else if (form.querySelector(".govuk-error-message")) {
      box.remove();
      form.querySelector(".govuk-error-message").scrollIntoView({ block: "center" });
    }
  });
}

// What is typed, kept until it was accepted

const KEPT = "draft:";
const DAYS = 7;
const person = document.body.dataset.person;
const PENDING = "pending:";

const typed = (form) => [...form.querySelectorAll("textarea, input[type=text]")].filter((box) => box.name && !box.readOnly);
const keyOf = (form, boxes) => [`${KEPT}${person}`, window.location.pathname, form.getAttribute("action") ?? "", boxes[0].name].join(":");

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forgetOld() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(KEPT) && !(read(key)?.at > Date.now() - DAYS * 86400000)) localStorage.removeItem(key);
  }
}

function forgetAll() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(KEPT) || key === PENDING) localStorage.removeItem(key);
  }
}

// A form was accepted when the next page is for the same person, does not say "not saved", and shows no error. The sign-in page is
// nobody's: what was sent to it is kept.
function settle() {
  const key = localStorage.getItem(PENDING);
  if (!key) return;
  localStorage.removeItem(PENDING);
  const refused = !key.startsWith(`${KEPT}${person}:`) || document.querySelector("[data-not-saved], .govuk-error-summary, #reasons-title");
  if (!refused) localStorage.removeItem(key);
}

function offer(form, key) {
  const draft = read(key);
  const boxes = typed(form).filter((box) => draft && box.name in draft.values && draft.values[box.name] !== box.value);
  if (!boxes.length) return;
  const notice = document.getElementById("draft-offer").content.firstElementChild.cloneNode(true);
  const words = notice.querySelector("p");
  const time = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  words.textContent = words.textContent.replace("{time}", time);
  notice.querySelector("[data-restore]").addEventListener("click", () => {
    for (const box of boxes) box.value = draft.values[box.name];
    boxes[0].focus();
    notice.remove();
  });
  notice.querySelector("[data-forget]").addEventListener("click", () => {
    localStorage.removeItem(key);
    notice.remove();
  });
  form.prepend(notice);
}

function watchTyping(form) {
  const boxes = typed(form);
  if (!boxes.length) return;
  const key = keyOf(form, boxes);
  offer(form, key);
  form.addEventListener("input", () => {
    const values = Object.fromEntries(boxes.map((box) => [box.name, box.value]));
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
    } catch {
      // the browser keeps nothing; the page works all the same
    }
  });
  form.addEventListener("submit", () => localStorage.setItem(PENDING, key));
}

document.querySelectorAll("form[data-upload]").forEach(watchUploads);
document.querySelector("form[data-sign-out]")?.addEventListener("submit", forgetAll);
settle();
if (person) {
  forgetOld();
  document.querySelectorAll("form[method=post]:not([data-sign-out])").forEach(watchTyping);
}
