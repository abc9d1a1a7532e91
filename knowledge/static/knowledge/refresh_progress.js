// The live progress of a refresh on its page in the admin. The page is right without it, as of when
// it was loaded; the refresh never depends on it.

const PAUSE = 2000;
const ENDED = ["finished", "failed", "abandoned"];
const REFUSED = [4403, 4404];

const section = document.getElementById("refresh-progress");
if (section && !ENDED.includes(section.dataset.state)) follow();

function follow() {
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  const socket = new WebSocket(scheme + location.host + section.dataset.socketPath);
  let hasEnded = false;
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    say("refresh-connection", "");
    say("refresh-state", frame.state_label || frame.state);
    if (frame.type === "refresh.progress") showProgress(frame);
    if (frame.type === "refresh.finished") {
      hasEnded = true;
      showEnd(frame);
      socket.close();
    }
  };
  socket.onclose = (event) => {
    if (hasEnded) return;
    const isRefused = REFUSED.includes(event.code);
    say("refresh-connection", word(isRefused ? "refused" : "lost"));
    if (!isRefused) setTimeout(follow, PAUSE * (1 + Math.random()));
  };
}

function showProgress({ step, done, total, label }) {
  const bar = document.getElementById("refresh-bar");
  if (total) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute("value");
  const name = step ? word(`step-${step}`) || step : "";
  const place = total ? `: ${done} / ${total}` : "";
  say("refresh-step", name + place + (label ? ` · ${label}` : ""));
}

function showEnd({ summary }) {
  const bar = document.getElementById("refresh-bar");
  bar.max = 1;
  bar.value = 1;
  say("refresh-step", "");
  say("refresh-summary", `${summary || ""} ${word("ended")}`.trim());
}

function word(name) {
  const element = document
    .getElementById("refresh-words").content.querySelector(`[data-word="${name}"]`);
  return element ? element.textContent : "";
}

function say(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}
