/**
 * Shows addresses as links, and text between backticks as code. Nothing else is interpreted.
 * web/message_text.py does the same for the page without a script.
 */

import { cloneTemplate } from "../page/template.js";

const BLOCK = /\n?```\n?([\s\S]+?)\n?```\n?/;
const CODE = /`([^`\n]+)`/;
// An address includes parentheses in pairs. It does not end with punctuation.
const PLAIN = /[^\s<>"'()\x1c-\x1f\x85\ufeff]/;
const ADDRESS = RegExp(
  String.raw`([Hh]ttps?:\/\/(?:${PLAIN.source}|\(${PLAIN.source}*\))+(?<![.,;:!?[\]{}*_]))`,
);
const TOKEN = RegExp([BLOCK, CODE, ADDRESS].map(({ source }) => source).join("|"), "g");

/** Returns the nodes that show `text`. The style sheet keeps its line breaks. */
export function createText(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(text.slice(end, match.index), createToken(match));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function createToken([, block, code, address]) {
  if (address) return createLink(address);
  if (code) return createElement("code", code);
  const pre = document.createElement("pre");
  const element = createElement("code", block);
  element.tabIndex = 0; // so that the arrow keys scroll it
  pre.append(element, cloneTemplate("copy-code"));
  return pre;
}

function createLink(address) {
  const link = createElement("a", address);
  link.href = address;
  link.rel = "nofollow noopener noreferrer";
  link.target = "_blank";
  return link;
}

function createElement(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
