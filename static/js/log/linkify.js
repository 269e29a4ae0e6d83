/** What someone wrote, as nodes: links become links, and nothing else is interpreted. */

const LINK = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?()[\]{}*_]/g;

/** The nodes that show `text`. Line breaks are kept by the style sheet. */
export function nodesOf(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(text.slice(end, match.index), link(match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function link(address) {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.rel = "nofollow noopener noreferrer";
  anchor.target = "_blank";
  anchor.textContent = address;
  return anchor;
}
