/** The line that says what this is, with prompts to click. It shows while nobody has written. */
export class Invitation {
  #form;

  /** @param {(text: string) => void} send */
  constructor(form, send) {
    this.#form = form;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(event.submitter.value);
    });
  }

  /** Hides it if a person wrote one of the delivered messages. */
  deliver(messages) {
    if (messages.some(isFromPerson)) this.hide();
  }

  /** Shows it unless a person wrote one of the messages. */
  reset(messages) {
    this.#form.hidden = messages.some(isFromPerson);
  }

  hide() {
    this.#form.hidden = true;
  }
}

const isFromPerson = ({ role }) => role === "user";
