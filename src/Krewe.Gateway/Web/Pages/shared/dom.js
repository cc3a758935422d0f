// The only place that makes elements. Text goes in as text nodes; nothing here parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, any>} Props `on…` are listeners, `class`, `data-…`, `aria-…` and other attributes; booleans set or leave them out.
 */

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Props} [props] @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  return /** @type {any} */ (fill(document.createElement(tag), props, children));
}

/** Makes an SVG element. @param {string} tag @param {Props} [props] @param {...Child} children @returns {SVGElement} */
export function svg(tag, props, ...children) {
  return /** @type {any} */ (fill(document.createElementNS(SVG, tag), props, children));
}

/** An icon of the page's sprite. @param {string} name */
export function icon(name) {
  return svg('svg', { class: 'icon', 'aria-hidden': 'true' }, svg('use', { href: `#i-${name}` }));
}

/** @template {Element} E @param {string} selector @param {ParentNode} [root] @returns {E} */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {any} */ (element);
}

/**
 * Makes the children of `parent` those of `entries`, in order, and keeps the elements that are there already, with
 * their focus, selection and scroll position.
 * @template T
 * @param {Element} parent
 * @param {T[]} entries
 * @param {(entry: T) => string} key
 * @param {(entry: T) => HTMLElement} create
 * @param {(element: HTMLElement, entry: T) => void} update
 */
export function reconcile(parent, entries, key, create, update) {
  const focused = document.activeElement;
  const wanted = new Set(entries.map(key));
  /** @type {Map<string, HTMLElement>} */
  const kept = new Map();
  for (const child of [...parent.children]) {
    const name = /** @type {HTMLElement} */ (child).dataset.key ?? '';
    if (wanted.has(name)) kept.set(name, /** @type {HTMLElement} */ (child));
    else child.remove();
  }
  let next = parent.firstElementChild;
  for (const entry of entries) {
    const name = key(entry);
    let element = kept.get(name);
    if (!element) {
      element = create(entry);
      element.dataset.key = name;
    }
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
    update(element, entry);
  }
  // Moving an element takes its focus away.
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) focused.focus();
}

/** Sets text only where it differs, so that screen readers and selections are left alone. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {Props | undefined} props @param {Child[]} children */
function fill(element, props = {}, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}
