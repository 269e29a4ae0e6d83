/** Shows the pictures of the folder, and opens any picture of the page in the lightbox. */

import { fetchPictures } from "../page/api.js";
import { allPictures, createPicture, setPictures } from "./pictures.js";

const REFRESH_INTERVAL = 5000; // milliseconds

export class Gallery {
  #tiles;

  /** @param {(name: string) => void} open shows a picture in the lightbox */
  constructor(tiles, open) {
    this.#tiles = tiles;
    setPictures(Array.from(tiles.querySelectorAll("a"), readPicture));
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-picture]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link.dataset.picture);
    });
    setInterval(() => this.#refresh(), REFRESH_INTERVAL);
  }

  async #refresh() {
    if (document.hidden) return;
    const pictures = await fetchPictures().catch(() => null); // the next refresh may succeed
    if (!pictures || serialize(pictures) === serialize(allPictures())) return;
    setPictures(pictures);
    this.#tiles.replaceChildren(...pictures.map((picture) => createPicture("tile", picture)));
  }
}

const serialize = (pictures) =>
  JSON.stringify(pictures.map(({ name, title, caption, alt }) => [name, title, caption, alt]));

/** Returns the picture that a tile from the server shows. */
function readPicture(link) {
  return {
    name: link.dataset.picture,
    title: link.querySelector(".title").textContent,
    caption: link.dataset.caption,
    alt: link.querySelector("img").alt,
  };
}
