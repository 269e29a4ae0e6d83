/** The page's templates: how things look is written once, by the server. */

/** A new element from the template with this id. */
export function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
