/** Turns the addresses in a message into links. Nothing else in it is interpreted. */

const ADDRESS = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?()[\]{}*_]/g;

/** Returns the nodes that show `text`. The style sheet keeps its line breaks. */
export function linkify(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    nodes.push(text.slice(end, match.index), createLink(match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function createLink(address) {
  const link = document.createElement("a");
  link.href = address;
  link.rel = "nofollow noopener noreferrer";
  link.target = "_blank";
  link.textContent = address;
  return link;
}
