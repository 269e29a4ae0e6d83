/** The reader's name: asked before the first message, remembered, and changed at will. */

import { recall, remember } from "../page/settings.js";

const NONE = "Guest";

/** @returns {() => void} to be called when a message is sent: the question is answered then */
export function keepName(form) {
  const { author, new_message: field } = form.elements;
  const asked = form.querySelector("#name");
  const known = form.querySelector("#known");

  const settle = () => {
    const name = author.value.trim();
    remember("name", name);
    known.querySelector("b").textContent = name || NONE;
    known.hidden = false;
    asked.hidden = true;
  };

  known.querySelector("button").addEventListener("click", () => {
    known.hidden = true;
    asked.hidden = false;
    author.select();
  });

  author.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // or it would send the message
    settle();
    field.focus();
  });

  const name = recall("name");
  if (name !== null) {
    author.value ||= name;
    settle();
  }
  return settle;
}
