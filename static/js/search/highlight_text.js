const NAME = "found"; // in the style sheet

/** Highlights where `text` occurs in an element. Does nothing in browsers that cannot. */
export function highlightText(element, text) {
  if (!window.Highlight) return;
  const words = text.toLowerCase();
  const ranges = [];
  const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const content = nodes.currentNode.data.toLowerCase();
    let start = content.indexOf(words);
    for (; start >= 0; start = content.indexOf(words, start + words.length)) {
      ranges.push(createRange(nodes.currentNode, start, start + words.length));
    }
  }
  CSS.highlights.set(NAME, new Highlight(...ranges));
}

export const clearHighlight = () => window.Highlight && CSS.highlights.delete(NAME);

function createRange(node, start, end) {
  const length = node.data.length; // lower case can be longer, as for İ
  return new StaticRange({
    startContainer: node,
    startOffset: Math.min(start, length),
    endContainer: node,
    endOffset: Math.min(end, length),
  });
}
