/** Shows one picture as large as the window. Arrow keys and swipes go to the next one. */

import { allPictures, createPicture } from "./pictures.js";

const SWIPE = 50; // pixels to the side

export class Lightbox {
  #dialog;
  #name = "";

  /** @param {(picture: object) => void} share posts a picture in the chat */
  constructor(dialog, share) {
    this.#dialog = dialog;
    const actions = {
      previous: () => this.#step(-1),
      next: () => this.#step(1),
      close: () => dialog.close(),
      share: () => {
        dialog.close();
        share(this.#picture);
      },
    };
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) actions[button.value]();
      else if (!event.target.closest("figcaption, img")) dialog.close();
    });
    dialog.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowLeft") this.#step(-1);
      if (key === "ArrowRight") this.#step(1);
    });
    this.#listenToSwipes(dialog.querySelector(".stage"));
  }

  /** Shows the picture with this name, if the gallery still has it. */
  open(name) {
    this.#name = name;
    if (!this.#picture) return;
    const figure = createPicture("large-picture", this.#picture);
    this.#dialog.querySelector(".stage").replaceChildren(figure);
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  get #picture() {
    return allPictures().find(({ name }) => name === this.#name);
  }

  #step(by) {
    const pictures = allPictures();
    const index = pictures.indexOf(this.#picture) + by;
    this.open(pictures.at(index % pictures.length).name);
  }

  #listenToSwipes(stage) {
    let start = null;
    stage.addEventListener("pointerdown", ({ clientX, isPrimary }) => {
      start = isPrimary ? clientX : null;
    });
    stage.addEventListener("pointerup", ({ clientX }) => {
      const distance = start === null ? 0 : clientX - start;
      start = null;
      if (Math.abs(distance) > SWIPE) this.#step(distance < 0 ? 1 : -1);
    });
  }
}
