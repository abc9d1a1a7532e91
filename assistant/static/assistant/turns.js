// Draws turns: a question, the sentences of its answer and their citations. Everything that came
// over the network is put in as text, never as markup.

const list = document.getElementById("turns");
const words = document.getElementById("words").content;
const language = document.documentElement.lang;
// Browsers write English dates the American way unless told otherwise.
const dates = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
  day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
});

export function word(name) {
  const element = words.querySelector(`[data-word="${name}"]`);
  return element ? element.textContent.trim() : "";
}

export function findTurn(question, key) {
  for (const turn of list.children) {
    if (turn.dataset.question === String(question)) return turn;
    if (key && turn.dataset.key === key) return turn;
  }
  return null;
}

export function findOpenTurn() {
  return list.querySelector(".turn[data-open]");
}

export function addTurn({ question = "", key = "", text, as_of: day }) {
  const turn = copy("turn-template");
  turn.dataset.key = key;
  turn.dataset.open = "";
  identify(turn, question);
  slot(turn, "question").textContent = text;
  if (day) setDate(slot(turn, "as-of"), day);
  else remove(turn, "has-as-of");
  turn.querySelector(".choices [name=as_of]").value = day || "";
  list.append(turn);
  return turn;
}

export function identify(turn, question) {
  if (question === "") return;
  turn.dataset.question = question;
  turn.id = `turn-${question}`;
  const field = turn.querySelector(".feedback [name=question]");
  if (field) field.value = question;
}

export function showQuestion(turn, text) {
  const shown = slot(turn, "question");
  if (shown.textContent !== text) shown.textContent = text;
}

export function clearTurns() {
  list.replaceChildren();
}

export function clearSentences(turn) {
  slot(turn, "sentences").replaceChildren();
}

// In place and whole, so that a screen reader says it once.
export function addSentence(turn, { position, text, label, citations }) {
  const sentences = slot(turn, "sentences");
  if (sentences.querySelector(`[data-position="${Number(position)}"]`)) return;
  const before = sentences.querySelector(".sentence:last-child");
  const sentence = make("div", "sentence");
  sentence.dataset.label = label;
  sentence.dataset.position = position;
  const body = make(label === "official" ? "blockquote" : "p", "words");
  body.dir = "auto";
  if (label === "notice") appendWithLinks(body, text);
  else body.textContent = text;
  if (label === "briefing" || label === "model") {
    for (const { number } of citations) {
      const mark = make("span", "mark");
      mark.textContent = `[${number}]`;
      body.append(" ", mark);
    }
  }
  sentence.append(body);
  const row = takeSameSources(before, citations);
  if (row) sentence.append(row);
  else if (citations.length) {
    const own = make("div", "citations");
    own.append(...citations.map(drawCitation));
    sentence.append(own);
  }
  const added = document.createDocumentFragment();
  if (label !== "notice" && (!before || before.dataset.label !== label)) {
    const voice = make("p", "voice");
    voice.textContent = word(`voice-${label}`);
    added.append(voice);
  }
  added.append(sentence);
  sentences.append(added);
}

// A run of sentences from the same sources shows them once, under its last.
function takeSameSources(before, citations) {
  const row = before && before.querySelector(".citations");
  if (!row || !citations.length) return null;
  const shown = [...row.children].map((details) => details.dataset.number).join();
  return shown === citations.map(({ number }) => number).join() ? row : null;
}

export function finishTurn(turn, { outcome, choices }) {
  delete turn.dataset.open;
  turn.dataset.outcome = outcome;
  const answer = slot(turn, "answer");
  drawChoices(turn, choices || []);
  if (["busy", "stopped", "failed"].includes(outcome)) remove(turn, "feedback");
  const text = word(`outcome-${outcome}`);
  if (text) {
    const line = make("p", "outcome");
    line.textContent = text;
    answer.prepend(line);
  }
}

function drawChoices(turn, choices) {
  if (!choices.length) return remove(turn, "choices");
  const list = slot(turn, "choice-list");
  for (const choice of choices) {
    const button = make("button", "suggestion");
    button.name = "text";
    button.value = choice;
    button.dir = "auto";
    button.textContent = choice;
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
}

// `given` is what the server took; null when it could not be sent.
export function showFeedback(form, given) {
  slot(form, "thanks").textContent = word(given ? "thanks" : "not-taken");
  if (!given) return;
  const helped = given.is_helpful ? "yes" : "no";
  form.dataset.helped = helped;
  for (const button of form.querySelectorAll("button")) {
    const isGiven = button.value === (button.name === "helped" ? helped : given.reason);
    button.setAttribute("aria-pressed", isGiven);
  }
}

function drawCitation(citation) {
  const details = copy("citation-template");
  details.dataset.kind = citation.kind;
  details.dataset.number = citation.number;
  const isBriefing = citation.kind === "briefing";
  const supports = citation.supports || [];
  for (const name of ["number", "title", "heading", "quote", "publisher", "licence"]) {
    fill(details, name, citation[name]);
  }
  for (const name of ["published", "checked"]) {
    for (const time of slots(details, name)) setDate(time, citation[name]);
  }
  if (isBriefing || !citation.published) remove(details, "has-published");
  if (!isBriefing || !citation.published) remove(details, "has-fact");
  for (const name of ["publisher", "licence"]) if (!citation[name]) remove(details, `has-${name}`);
  if (!citation.is_historic) remove(details, "historic");
  remove(details, isBriefing ? "official" : "briefing");
  if (citation.heading === citation.title) remove(details, "heading");
  link(details, "context_url", citation.context_url && `${citation.context_url}#quote`);
  link(details, "url", isBriefing ? "" : citation.url);
  link(details, "briefing-url", isBriefing ? citation.url : "");
  if (supports.length) {
    details.querySelector(".supports").append(...supports.map(drawSupport));
  } else remove(details, "supports");
  return details;
}

function drawSupport(support) {
  const item = copy("support-template");
  fill(item, "quote", support.quote);
  remove(item, support.quote ? "missing" : "present");
  fill(item, "url", support.url.replace("https://", ""));
  link(item, "url", support.url);
  return item;
}

function copy(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

function slots(root, name) {
  return root.querySelectorAll(`[data-slot="${name}"]`);
}

function slot(root, name) {
  return slots(root, name)[0];
}

function fill(root, name, value) {
  for (const element of slots(root, name)) {
    if (value) element.textContent = value;
    else element.remove();
  }
}

function remove(root, name) {
  for (const element of slots(root, name)) element.remove();
}

function link(root, name, address) {
  for (const element of slots(root, name)) {
    if (address && isSafe(address)) element.href = address;
    else element.remove();
  }
}

function isSafe(address) {
  return ["https:", "http:"].includes(new URL(address, location.href).protocol);
}

function setDate(time, iso) {
  if (!iso) return;
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  time.dateTime = iso;
  time.textContent = Number.isNaN(day.getTime()) ? iso : dates.format(day);
}

// Prepared wording names pages to go to; a reader on a phone should only have to touch them.
function appendWithLinks(element, text) {
  for (const part of text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)) {
    if (/^https?:\/\//.test(part)) {
      const anchor = document.createElement("a");
      anchor.href = part;
      anchor.rel = "nofollow";
      anchor.textContent = part;
      element.append(anchor);
    } else element.append(part);
  }
}
