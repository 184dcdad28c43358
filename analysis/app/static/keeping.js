// Sends what is given to the server, in order, and holds it in this browser until it is kept there.

const held = `takeoff:${location.pathname}`;
const tab = newName();

export function tabName() { return tab; }

export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, each => each.toString(16).padStart(2, "0")).join("");
}

function read() {
  try { return JSON.parse(localStorage.getItem(held)) ?? []; } catch { return []; }
}

function write(entries) {
  try {
    if (entries.length) localStorage.setItem(held, JSON.stringify(entries));
    else localStorage.removeItem(held);
  } catch { memory = entries; }
}

let memory = null; // where a browser stores nothing
const entries = () => memory ?? read();

export class Keeper {
  // kept(state, entry), refused(problem, entry) and lost(seconds until the next try) tell what came of it.
  constructor(address, { kept, refused, lost }) {
    Object.assign(this, { address, kept, refused, lost, wait: 1, sending: false });
  }

  get waiting() { return entries().length; }

  give(question, given, seen) {
    write([...entries(), { entry: newName(), tab, question, given, seen: seen ?? "" }]);
    return this.send();
  }

  // When the page is left there is no time for an answer: what is sent twice is kept once.
  leave(question, given, seen) {
    const entry = { entry: newName(), tab, question, given, seen: seen ?? "" };
    write([...entries(), entry]);
    navigator.sendBeacon(this.address, JSON.stringify(entry));
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      while (entries().length) {
        const [entry] = entries();
        const response = await fetch(this.address, { method: "POST", body: JSON.stringify(entry) });
        const said = await response.json();
        if (response.status >= 500) throw new Error(said.problem);
        write(entries().filter(each => each.entry !== entry.entry));
        this.wait = 1;
        if (response.ok) this.kept(said, entry);
        else this.refused(said.problem, entry);
      }
    } catch {
      this.lost(this.wait);
      this.timer = setTimeout(() => this.send(), 1000 * this.wait);
      this.wait = Math.min(2 * this.wait, 15);
    } finally {
      this.sending = false;
    }
  }
}
