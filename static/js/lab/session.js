/** The controls of the lab: this viewer's dialog, source of messages and network. */

const JSON_TYPE = { "Content-Type": "application/json" };

/** Returns a new session. Throws an error if the server has no room for one. */
export async function createSession() {
  const { id, next } = await post("/lab", {});
  return new Session(id, next);
}

class Session {
  #recordCursor;

  constructor(id, cursor) {
    this.root = `/lab/${id}`;
    this.cursor = this.#recordCursor = cursor;
    addEventListener("pagehide", () => navigator.sendBeacon(`${this.root}/end`));
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }

  /** Changes the network or the source, or writes a message: {network?, source?, say?}. */
  change(fields) {
    return post(this.root, fields);
  }

  /** Returns the messages that were written since the last call. */
  async newMessages() {
    const messages = [];
    for (let more = true; more; ) {
      const query = new URLSearchParams({ after: this.#recordCursor });
      const page = await readJson(await fetch(`${this.root}?${query}`, { cache: "no-store" }));
      messages.push(...page.messages);
      this.#recordCursor = page.next;
      more = page.more;
    }
    return messages;
  }
}

async function post(path, fields) {
  const body = JSON.stringify(fields);
  return readJson(await fetch(path, { method: "POST", headers: JSON_TYPE, body }));
}

async function readJson(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.error?.message ?? `The server answered with status ${response.status}.`);
}
