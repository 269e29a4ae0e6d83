/** The pictures of the gallery, and which of them a text names. */

import { fromTemplate } from "../page/templates.js";

const PLACEHOLDER = "NAME"; // what stands for a picture's name in the templates
const MOST = 3; // pictures shown with one message

let pictures = [];

/** All pictures, as the server lists them: {name, title, caption, alt}. */
export const allPictures = () => pictures;

/** From now on these are the pictures. */
export const setPictures = (list) => (pictures = list);

/** The pictures whose file or title stands in `text`. */
export function picturesNamedIn(text) {
  return pictures.filter(({ name, title }) => holds(text, name) || holds(text, title)).slice(0, MOST);
}

/** A picture as it is shown with a message. */
export const shownPicture = (picture) => pictureFrom("shown", picture);

/** A new element from a template that shows a picture. */
export function pictureFrom(template, { name, title, caption, alt }) {
  const element = fromTemplate(template);
  for (const part of [element, ...element.querySelectorAll("a, img")]) {
    for (const attribute of ["href", "src", "srcset", "data-picture"]) {
      const value = part.getAttribute(attribute);
      const written = attribute === "data-picture" ? name : encodeURIComponent(name);
      if (value) part.setAttribute(attribute, value.replaceAll(PLACEHOLDER, written));
    }
  }
  element.querySelector("img").alt = alt;
  for (const [selector, text] of [[".title, h2", title], [".caption", caption]]) {
    const place = element.querySelector(selector);
    if (place) place.textContent = text;
  }
  return element;
}

/** Whether `words` stand in `text` as whole words. */
function holds(text, words) {
  const start = text.indexOf(words);
  const around = (text[start - 1] ?? " ") + (text[start + words.length] ?? " ");
  return start >= 0 && !/[\p{L}\p{N}_]/u.test(around);
}
