/** The pictures of the gallery: {name, title, caption, alt}. */

import { cloneTemplate } from "../page/template.js";

const PLACEHOLDER = "NAME"; // stands for the name of a picture in the templates
const MAX_IN_MESSAGE = 3; // pictures shown with one message

let pictures = [];

export const allPictures = () => pictures;

export const setPictures = (list) => (pictures = list);

/** Returns the pictures whose file name or title is in `text`. */
export function picturesNamedIn(text) {
  const named = pictures.filter(({ name, title }) => contains(text, name) || contains(text, title));
  return named.slice(0, MAX_IN_MESSAGE);
}

/** Returns a new element that shows a picture in the chat. */
export const createChatPicture = (picture) => createPicture("chat-picture", picture);

/** Returns a new element that shows a picture, from the page's template with this id. */
export function createPicture(template, { name, title, caption, alt }) {
  const element = cloneTemplate(template);
  for (const part of [element, ...element.querySelectorAll("a, img")]) {
    for (const attribute of ["href", "src", "srcset", "data-picture"]) {
      const value = part.getAttribute(attribute);
      const encoded = attribute === "data-picture" ? name : encodeURIComponent(name);
      if (value) part.setAttribute(attribute, value.replaceAll(PLACEHOLDER, encoded));
    }
  }
  element.querySelector("img").alt = alt;
  for (const [selector, text] of [[".title, h2", title], [".caption", caption]]) {
    const label = element.querySelector(selector);
    if (label) label.textContent = text;
  }
  return element;
}

/** Returns whether `text` contains `words`, and not as a part of longer words. */
function contains(text, words) {
  const start = text.indexOf(words);
  const neighbours = (text[start - 1] ?? " ") + (text[start + words.length] ?? " ");
  return start >= 0 && !/[\p{L}\p{N}_]/u.test(neighbours);
}
