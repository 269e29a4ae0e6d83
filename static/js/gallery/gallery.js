/** Keeps the gallery in step with the folder of pictures, and opens the lightbox from anywhere. */

import { fetchPictures } from "../page/api.js";
import { allPictures, pictureFrom, setPictures } from "./pictures.js";

const EVERY = 5000; // milliseconds between two looks at the folder

/** @param {(name: string) => void} open shows a picture large */
export function keepGallery(tiles, open) {
  setPictures([...tiles.querySelectorAll("a")].map(pictureOf));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.dataset.picture);
  });

  setInterval(async () => {
    if (document.hidden) return;
    const list = await fetchPictures().catch(() => null); // the next look may find the server
    if (list && written(list) !== written(allPictures())) {
      setPictures(list);
      tiles.replaceChildren(...list.map((picture) => pictureFrom("tile", picture)));
    }
  }, EVERY);
}

const written = (list) =>
  JSON.stringify(list.map(({ name, title, caption, alt }) => [name, title, caption, alt]));

/** The picture that a tile of the server's shows. */
function pictureOf(link) {
  return {
    name: link.dataset.picture,
    title: link.querySelector(".title").textContent,
    caption: link.dataset.caption,
    alt: link.querySelector("img").alt,
  };
}
