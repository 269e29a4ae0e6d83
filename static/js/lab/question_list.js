/** Asks the questions: a prediction, the experiment, and then the answer. */

import { cloneTemplate } from "../page/template.js";
import { QUESTIONS } from "./questions.js";

const TICK = 250; // milliseconds

export class QuestionList {
  #banner;
  #lanes;
  #experiment;
  #timer = 0;
  #button = null; // of the question that is shown
  #undo = () => {};

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} banner above the lanes, shows the question while the experiment runs
   * @param {HTMLElement} lanes
   * @param {{set: Function, say: Function, openTabs: Function}} experiment
   */
  constructor(list, banner, lanes, experiment) {
    this.#banner = banner;
    this.#lanes = lanes;
    this.#experiment = experiment;
    list.append(...QUESTIONS.map((question, index) => this.#item(question, index)));
    this.#part("close").addEventListener("click", () => this.#close());
    const number = Number(new URLSearchParams(location.search).get("question"));
    const linked = list.children[number - 1];
    linked?.scrollIntoView();
    linked?.querySelector("input").focus({ preventScroll: true });
  }

  #item(question, index) {
    const item = cloneTemplate("question");
    item.querySelector("legend").textContent = `${index + 1}. ${question.question}`;
    const options = item.querySelector(".options");
    question.options.forEach((text, number) => {
      const label = cloneTemplate("option");
      const input = label.querySelector("input");
      input.name = `question-${index}`;
      input.value = number;
      label.append(text);
      options.append(label);
    });
    if (question.tabs && !navigator.locks) {
      item.querySelector("button").disabled = true;
      item.querySelector(".answer").textContent =
        "This browser shares connections only on localhost or with https. Open the page there.";
    }
    item.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = new FormData(item).get(`question-${index}`);
      this.#try(question, index, item, Number(guess));
    });
    return item;
  }

  #try(question, index, item, guess) {
    this.#stop();
    this.#button = item.querySelector("button");
    this.#experiment.set(question.settings);
    if (question.tabs) this.#undo = this.#experiment.openTabs();
    const end = Date.now() + question.seconds * 1000;
    let toSay = question.say;
    this.#show(question, index, question.seconds);
    this.#lanes.scrollIntoView();
    this.#timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (toSay && left <= question.seconds / 2) {
        this.#experiment.say();
        toSay = false;
      }
      if (left > 0) this.#show(question, index, left);
      else this.#finish(question, item, guess);
    }, TICK);
  }

  #show(question, index, left) {
    this.#banner.hidden = false;
    this.#part("question").textContent = `${index + 1}. ${question.question}`;
    this.#part("left").textContent = `Watch the lanes. The answer follows in ${left} s.`;
    this.#part("answer").textContent = "";
  }

  #finish(question, item, guess) {
    this.#stop();
    const { options, right, answer } = question;
    const text =
      guess === right
        ? `“${options[right]}” is right. ${answer}`
        : `You predicted “${options[guess]}”. The answer is “${options[right]}”. ${answer}`;
    this.#part("left").textContent = "";
    this.#part("answer").textContent = text;
    item.querySelector(".answer").textContent = text;
  }

  #stop() {
    clearInterval(this.#timer);
    this.#undo();
    this.#undo = () => {};
  }

  #close() {
    this.#stop();
    this.#banner.hidden = true;
    this.#button.focus();
  }

  #part(name) {
    return this.#banner.querySelector(`[data-part="${name}"]`);
  }
}
