// The socket of one conversation: it comes back by itself, and resumes where it was.
// What it hands on has never been handed on before: frames that were seen are dropped.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30000;
// An answer that sends nothing for so long may wait on a connection that is dead and doesn't know.
const PATIENCE = 12000;
// After so many failures to open, ask whether plain pages can still be had.
const FAILURES_BEFORE_PROBE = 2;
// The server knows no conversation of ours: the cookie is gone or too old.
const NO_CONVERSATION = 4401;

export class Connection {
  // `on`: frame(frame), up(), down(), blocked(), replaced().
  constructor({ path, healthPath, after, on }) {
    this.address = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + path;
    this.healthPath = healthPath;
    this.after = after;
    this.on = on;
    this.failures = 0;
    this.canFetch = false;
    this.isBlocked = false;
    this.isResting = false;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.drop());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    // A page that is left open in the background of the browser's history must hold no socket.
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", (event) => event.persisted && this.wake());
  }

  get isOpen() {
    return Boolean(this.socket) && this.socket.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    if (this.socket || this.isBlocked || this.isResting) return;
    let socket;
    try {
      socket = new WebSocket(this.address);
    } catch (refused) {
      this.failed();
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      this.send({ type: "conversation.resume", after: this.after });
      this.on.up();
    };
    socket.onmessage = (event) => socket === this.socket && this.receive(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      this.socket = null;
      this.failed();
      if (event.code === NO_CONVERSATION) this.renew();
    };
  }

  receive(frame) {
    // A socket that opens and says nothing is no better than none.
    this.failures = 0;
    this.canFetch = false;
    this.watch(this.isWatching);
    // Only an answer's frames have a number of their own; the others repeat the last one.
    if (frame.type.startsWith("answer.")) {
      if (frame.seq <= this.after) return;
      this.after = frame.seq;
    } else if (frame.type === "conversation.opened" && frame.seq < this.after) {
      // Another conversation has begun in this browser, and counts from its own beginning.
      this.after = frame.seq;
      this.on.replaced();
    } else if (frame.type === "conversation.deleted") {
      this.after = 0;
    }
    this.on.frame(frame);
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // While an answer is awaited, silence means that the connection is doubted.
  watch(isWatching) {
    this.isWatching = isWatching;
    clearTimeout(this.watchdog);
    if (isWatching) this.watchdog = setTimeout(() => { this.drop(); this.open(); }, PATIENCE);
  }

  failed() {
    this.failures += 1;
    this.on.down();
    if (this.canFetch) {
      this.block();
      return;
    }
    if (this.failures > FAILURES_BEFORE_PROBE) this.probe();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.failures - 1));
    // Many pages lose one server at one moment; they should not all come back at one moment.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  async probe() {
    try {
      const response = await fetch(this.healthPath, { cache: "no-store", credentials: "omit" });
      this.canFetch = response.ok && !this.isOpen;
    } catch (offline) {
      return;
    }
    // Once more, so that a server which is only just back is not taken for a filter.
    if (this.canFetch) this.hurry();
  }

  // The page itself sets a fresh cookie.
  async renew() {
    try {
      await fetch(location.pathname, { cache: "no-store", credentials: "same-origin" });
    } catch (offline) {
      return;
    }
    this.hurry();
  }

  // Pages can be had but sockets can't: a filter on the way. Then the plain form does the work.
  block() {
    this.isBlocked = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.on.blocked();
  }

  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.close();
    this.failed();
  }

  hurry() {
    if (!this.socket) this.open();
  }

  rest() {
    this.isResting = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    if (this.socket) {
      const socket = this.socket;
      this.socket = null;
      socket.close();
    }
  }

  wake() {
    this.isResting = false;
    this.open();
  }
}
