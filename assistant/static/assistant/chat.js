// The chat page. It works without this script, by form and reload; with it, sentences appear as
// they are released, an answer outlives the connection, and focus is never moved.

import { Connection } from "./connection.js";
import {
  addSentence, addTurn, clearSentences, clearTurns, findOpenTurn, findTurn, finishTurn, identify, showFeedback, showQuestion,
  word,
} from "./turns.js";

const PENDING = "pending-question";
const byId = (id) => document.getElementById(id);
const log = byId("log");
const form = byId("ask");
const box = byId("question");
const send = byId("send");
const stop = byId("stop");
const progress = byId("progress");
const dayBox = byId("as-of");
const limit = Number(box.dataset.limit) || 600;

// The question that the server has not yet taken: {key, text, as_of}. It outlives a reload.
let pending = recall();
let isBackAnnounced = false;

const connection = new Connection({
  path: log.dataset.socketPath,
  healthPath: log.dataset.healthPath,
  after: Number(log.dataset.lastSeq) || 0,
  on: { frame, up, down, blocked, replaced },
});

// --- frames in ---------------------------------------------------------------------------------

function frame(content) {
  switch (content.type) {
    case "conversation.opened": return opened(content);
    case "answer.progress": return advanced(content);
    case "answer.sentence": return released(content);
    case "answer.finished": return finished(content);
    case "conversation.deleted": return deleted();
    case "error": return refused(content);
  }
}

function opened() {
  if (pending) ask(pending);
}

function advanced({ question, step, text, key, as_of }) {
  let turn = findTurn(question, key);
  if (!turn && text) turn = begin({ question, key, text, as_of });
  if (!turn) return;
  identify(turn, question);
  // Without what the server took out of it: that is what is kept, and what is shown.
  if (text) showQuestion(turn, text);
  if (pending && pending.key === turn.dataset.key) forget();
  if (step === "restarted") clearSentences(turn);
  showWork(word(step));
}

function released(sentence) {
  const turn = findTurn(sentence.question);
  if (turn) addSentence(turn, sentence);
}

function finished(content) {
  const turn = findTurn(content.question);
  if (turn && "open" in turn.dataset) finishTurn(turn, content);
  if (findOpenTurn()) return;
  showWork("");
  if (byId("question-error").textContent === word("one-at-a-time")) showError("");
}

// A refused question goes back to where it was written, to be changed or sent again.
function refused({ code, message }) {
  if (pending) {
    if (dayBox) dayBox.value = pending.as_of || "";
    const turn = findTurn("", pending.key);
    if (turn) turn.remove();
    if (!box.value) write(pending.text);
    forget();
  }
  if (!findOpenTurn()) showWork("");
  showError(message, code && code.startsWith("day_") ? dayBox : box);
}

// Deleted by the reader, here or in another tab.
function deleted() {
  clearConversation();
  say("deleted", word("deleted"));
}

// Another conversation has begun in this browser, perhaps another person's.
function replaced() {
  clearConversation();
}

function clearConversation() {
  clearTurns();
  byId("intro").hidden = false;
  for (const id of ["new", "delete"]) byId(id).hidden = true;
  form.querySelector("label").textContent = word("first");
  showError("");
  // No answer is complete: there is none.
  send.removeAttribute("aria-disabled");
  showWork("");
  scrollTo({ top: 0 });
  if (pending) begin(pending);
}

// --- the connection's state ----------------------------------------------------------------------

function up() {
  if (byId("connection").textContent && !isBackAnnounced) {
    isBackAnnounced = true;
    say("connection", word("back"));
    setTimeout(() => { if (connection.isOpen) say("connection", ""); }, 4000);
  } else say("connection", "");
  showStop();
}

function down() {
  isBackAnnounced = false;
  showStop();
  // A blink of the connection is nobody's business; a second of it is.
  setTimeout(() => {
    if (connection.isOpen || connection.isBlocked || connection.isResting) return;
    say("connection", word(pending || findOpenTurn() ? "lost" : "lost-idle"));
  }, 1500);
}

// No socket can be had here: from now on the page is the one without a script.
function blocked() {
  say("connection", "");
  document.documentElement.classList.remove("js");
  byId("working").hidden = true;
  byId("waiting").hidden = !findOpenTurn();
  if (!pending) return;
  write(pending.text);
  byId("key").value = pending.key;
  if (dayBox) dayBox.value = pending.as_of || "";
  const turn = findTurn("", pending.key);
  if (turn) turn.remove();
  forget();
  form.submit();
}

// --- asking ----------------------------------------------------------------------------------------

function submit(event, text, day = dayBox ? dayBox.value : "") {
  if (connection.isBlocked) return;
  event.preventDefault();
  const problem = findProblem(text);
  if (problem) {
    showError(problem, problem === word("day") ? dayBox : box);
    return;
  }
  showError("");
  pending = { key: makeKey(), text, as_of: day };
  remember();
  // A day that stays set unseen would make old answers look like new ones.
  if (dayBox) dayBox.value = "";
  if (text === box.value.trim()) write("");
  ask(pending);
  findTurn("", pending.key).scrollIntoView({ block: "start" });
}

function begin(question) {
  byId("intro").hidden = true;
  for (const id of ["new", "delete"]) byId(id).hidden = false;
  say("deleted", "");
  form.querySelector("label").textContent = word("next");
  return addTurn(question);
}

function ask(question) {
  if (!findTurn("", question.key)) begin(question);
  showWork(word("sending"));
  connection.send({ type: "question.ask", text: question.text, key: question.key, as_of: question.as_of });
}

function findProblem(text) {
  if (pending || findOpenTurn()) return word("one-at-a-time");
  if (dayBox && dayBox.validity.badInput) return word("day");
  if (!text) return word("empty");
  if (count(text) > limit) return word("too-long");
  return "";
}

form.addEventListener("submit", (event) => submit(event, box.value.trim()));

byId("suggestions-form").addEventListener("submit", (event) => {
  if (event.submitter) submit(event, event.submitter.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || connection.isBlocked) return;
  submit(event, box.value.trim());
});

stop.addEventListener("click", () => {
  const turn = findOpenTurn();
  if (!turn || !turn.dataset.question) return;
  const question = Number(turn.dataset.question);
  if (connection.send({ type: "answer.stop", question })) say("progress", word("stopping"));
});

for (const id of ["new", "delete"]) byId(id).addEventListener("submit", forget);

log.addEventListener("submit", async (event) => {
  if (event.target.matches(".choices") && event.submitter) {
    // The choices of a turn that was asked as of a day are asked as of the same.
    submit(event, event.submitter.value, event.target.elements.as_of.value || undefined);
    return;
  }
  if (!event.target.matches(".feedback") || !event.submitter) return;
  event.preventDefault();
  const { target, submitter } = event;
  const body = new URLSearchParams(new FormData(target));
  body.set(submitter.name, submitter.value);
  const headers = { Accept: "application/json" };
  try {
    const response = await fetch(target.action, { method: "POST", body, headers });
    showFeedback(target, response.ok ? await response.json() : null);
  } catch (offline) {
    showFeedback(target, null);
  }
});

// --- what the page says ------------------------------------------------------------------------------

function showWork(text) {
  const isOpen = Boolean(findOpenTurn());
  const wasOpen = send.getAttribute("aria-disabled") === "true";
  byId("working").classList.toggle("done", !isOpen);
  say("progress", isOpen ? text : wasOpen ? word("complete") : "");
  showStop();
  // Not `disabled`: a button that can't be reached can't say why.
  if (isOpen) send.setAttribute("aria-disabled", "true");
  else send.removeAttribute("aria-disabled");
  connection.watch(isOpen);
}

function showStop() {
  const turn = findOpenTurn();
  const isHidden = !turn || !turn.dataset.question || !connection.isOpen;
  // Focus must not fall off the page with the button that has it.
  if (isHidden && document.activeElement === stop) box.focus({ preventScroll: true });
  stop.hidden = isHidden;
}

function showError(text, field = box) {
  say("question-error", text);
  for (const each of [box, dayBox]) {
    if (!each) continue;
    each.removeAttribute("aria-invalid");
    each.removeAttribute("aria-errormessage");
  }
  if (!text || !field) return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", "question-error");
  if (field === dayBox) byId("as-of-choice").open = true;
}

function say(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

// As the server counts: characters, not the halves of a pair.
function count(text) {
  return Array.from(text).length;
}

let countTimer;
const countAtFirst = byId("question-count").textContent;
function showCount() {
  const left = limit - count(box.value.trim());
  let text = left < 0 ? `${word("over")} ${-left}` : `${word("left")} ${left}`;
  if (left === limit) text = countAtFirst;
  byId("question-count").classList.toggle("over", left < 0);
  say("question-count", text);
  clearTimeout(countTimer);
  // Spoken when the typing pauses, and only where it matters.
  countTimer = setTimeout(() => say("question-count-spoken", left < limit / 6 ? text : ""), 1000);
}

function write(text) {
  box.value = text;
  showCount();
}

box.addEventListener("input", () => {
  showCount();
  showError("");
});

// --- what outlives a reload ---------------------------------------------------------------------------

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(PENDING));
  } catch (unavailable) {
    return null;
  }
}

function remember() {
  try {
    sessionStorage.setItem(PENDING, JSON.stringify(pending));
  } catch (unavailable) {
    // The question is still kept for as long as the page is open.
  }
}

function forget() {
  pending = null;
  try {
    sessionStorage.removeItem(PENDING);
  } catch (unavailable) {
    // Nothing was kept.
  }
}

function makeKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const citation of log.querySelectorAll("details:not([open])")) {
    citation.open = true;
    citation.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const citation of log.querySelectorAll("[data-printed]")) {
    citation.open = false;
    delete citation.dataset.printed;
  }
});

document.documentElement.classList.add("js");
form.noValidate = true;
if (pending && findTurn("", pending.key)) forget();
if (findOpenTurn()) showWork(word("writing"));
showCount();
connection.open();
