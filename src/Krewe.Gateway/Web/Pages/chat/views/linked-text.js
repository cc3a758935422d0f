import { h } from '../../shared/dom.js';

const URLS = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/giu;

/** Text with its web addresses as links. @param {string} text @returns {Node[]} */
export function linked(text) {
  /** @type {Node[]} */
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(URLS)) {
    if (!URL.canParse(match[0])) continue;
    nodes.push(document.createTextNode(text.slice(done, match.index)),
      h('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, match[0]));
    done = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(done)));
  return nodes;
}
