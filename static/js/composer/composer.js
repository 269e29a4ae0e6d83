/** The form: Enter sends, Shift and Enter break the line, problems stand beside the field. */

import { mendable } from "./outbox.js";

const EMPTY = "Write something first: an empty message says nothing.";
const LOST = "The message was not sent. Its text is above: try again.";
const NEARLY = 200; // characters left from which on they are counted

/**
 * Let the form send through `send(text)`, without leaving the page.
 * @returns {{submit: (text: string) => Promise<void>, settle: () => void}} `submit` sends a text as
 *     if it had been written there, `settle` takes a complaint back
 */
export function compose(form, send) {
  const { new_message: field } = form.elements;
  const problem = form.querySelector("#problem");
  const left = form.querySelector("#left");
  const longest = Number(field.dataset.longest);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    field.focus();
    if (!text.trim()) return say(EMPTY);
    write("");
    submit(text);
  });

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  field.addEventListener("input", () => {
    say("");
    count();
  });

  return { submit, settle: () => say("") };

  async function submit(text) {
    say("");
    try {
      await send(text);
    } catch (error) {
      const mend = mendable(error);
      // It comes back to be mended, unless the next message is being written already.
      if (mend && !field.value) write(text);
      say(mend ? error.message : LOST);
    }
  }

  function write(text) {
    field.value = text;
    count();
  }

  function count() {
    const more = longest - [...field.value].length;
    left.hidden = more > NEARLY;
    left.textContent = more.toLocaleString();
    left.toggleAttribute("data-over", more < 0);
  }

  function say(reason) {
    problem.textContent = reason;
    if (reason) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}
