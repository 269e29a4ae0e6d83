/** One picture, large: by keyboard, by swipe, and into the conversation. */

import { allPictures, pictureFrom } from "./pictures.js";

const SWIPE = 50; // pixels to the side that count as one

export class Lightbox {
  #dialog;
  #name = "";

  /** @param {(picture: object) => void} show brings a picture into the conversation */
  constructor(dialog, show) {
    this.#dialog = dialog;
    const actions = {
      previous: () => this.#turn(-1),
      next: () => this.#turn(1),
      close: () => dialog.close(),
      show: () => {
        dialog.close();
        show(this.#picture);
      },
    };
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) actions[button.value]();
      else if (!event.target.closest("figcaption, img")) dialog.close();
    });
    dialog.addEventListener("keydown", ({ key }) => {
      if (key === "ArrowLeft") this.#turn(-1);
      if (key === "ArrowRight") this.#turn(1);
    });
    this.#listenToSwipes(dialog.querySelector(".stage"));
  }

  /** Show the picture with this name. */
  open(name) {
    this.#name = name;
    if (!this.#picture) return; // it has left the gallery
    this.#dialog.querySelector(".stage").replaceChildren(pictureFrom("large", this.#picture));
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  get #picture() {
    return allPictures().find(({ name }) => name === this.#name);
  }

  #turn(by) {
    const pictures = allPictures();
    const place = pictures.indexOf(this.#picture) + by;
    this.open(pictures.at(place % pictures.length).name);
  }

  #listenToSwipes(stage) {
    let from = null;
    stage.addEventListener("pointerdown", ({ clientX, isPrimary }) => (from = isPrimary ? clientX : null));
    stage.addEventListener("pointerup", ({ clientX }) => {
      const way = from === null ? 0 : clientX - from;
      from = null;
      if (Math.abs(way) > SWIPE) this.#turn(way < 0 ? 1 : -1);
    });
  }
}
