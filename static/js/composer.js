/** The form: Enter sends, Shift and Enter break the line, problems stand beside the field. */

const EMPTY = "Write something first: an empty message says nothing.";

/** Let the form send through `send(text, author)`, without leaving the page. */
export function compose(form, send) {
  const { new_message: field, author } = form.elements;
  const problem = form.querySelector("#problem");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value;
    field.focus();
    say(text.trim() ? "" : EMPTY);
    if (!text.trim()) return;
    field.value = "";
    try {
      await send(text, author.value.trim());
    } catch (error) {
      // What was written comes back, unless the next message is being written already.
      field.value ||= text;
      say(error.code ? error.message : "The message was not sent: no answer from the server.");
    }
  });

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  field.addEventListener("input", () => say(""));

  function say(reason) {
    problem.textContent = reason;
    field.toggleAttribute("aria-invalid", Boolean(reason));
  }
}
