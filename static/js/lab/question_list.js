/** Asks the questions: a prediction, the experiment, and then the answer. */

import { cloneTemplate } from "../page/template.js";
import { QUESTIONS } from "./questions.js";

const TICK = 250; // milliseconds

export class QuestionList {
  #banner;
  #experiment;
  #timer = 0;
  #undo = () => {};

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} banner above the lanes, shows the question while the experiment runs
   * @param {{set: Function, say: Function, openTabs: Function}} experiment
   */
  constructor(list, banner, experiment) {
    this.#banner = banner;
    this.#experiment = experiment;
    list.append(...QUESTIONS.map((question, index) => this.#item(question, index)));
    const number = Number(new URLSearchParams(location.search).get("question"));
    list.children[number - 1]?.scrollIntoView();
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
    item.addEventListener("submit", (event) => {
      event.preventDefault();
      const guess = new FormData(item).get(`question-${index}`);
      this.#try(question, index, item, Number(guess));
    });
    return item;
  }

  #try(question, index, item, guess) {
    clearInterval(this.#timer);
    this.#undo();
    this.#undo = () => {};
    this.#experiment.set(question.settings);
    if (question.tabs) this.#undo = this.#experiment.openTabs();
    const end = Date.now() + question.seconds * 1000;
    let toSay = question.say;
    this.#show(question, index, question.seconds);
    this.#banner.scrollIntoView({ block: "nearest" });
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
    clearInterval(this.#timer);
    this.#undo();
    this.#undo = () => {};
    const isRight = guess === question.right;
    const text = `${isRight ? "You predicted it." : `You predicted: ${question.options[guess]}.`} ${question.answer}`;
    this.#part("left").textContent = "";
    this.#part("answer").textContent = text;
    item.querySelector(".answer").textContent = text;
  }

  #part(name) {
    return this.#banner.querySelector(`[data-part="${name}"]`);
  }
}
