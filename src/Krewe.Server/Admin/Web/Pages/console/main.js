import { find, h, setText } from '../shared/dom.js';
import { AdminApi } from './api.js';
import { broadcastView } from './views/broadcast.js';
import { messageView } from './views/message.js';
import { pushView } from './views/push.js';
import { sessionsView } from './views/sessions.js';
import { settingsView } from './views/settings.js';
import { silosView } from './views/silos.js';
import { userView, usersView } from './views/users.js';

/**
 * What a view is given.
 * @typedef {object} Stage
 * @property {AdminApi} api
 * @property {(...children: Node[]) => void} show Puts the view's elements on the page.
 * @property {(action: Promise<any>, done?: string) => Promise<any>} attempt Shows what became of an action; gives `undefined` if it was refused.
 * @property {(again: () => Promise<void>, milliseconds: number) => void} repeat Calls again and again while the view is on the page and the page is seen.
 * @property {URLSearchParams} query
 */

/** @type {Array<{path: string, label?: string, view: (stage: Stage, rest: string) => void | Promise<void>}>} */
const routes = [
  { path: 'silos', label: 'Silos', view: silosView },
  { path: 'sessions', label: 'Sessions', view: sessionsView },
  { path: 'users/', view: userView },
  { path: 'users', label: 'Users', view: usersView },
  { path: 'broadcast', label: 'Broadcast', view: broadcastView },
  { path: 'message', label: 'Message', view: messageView },
  { path: 'push', label: 'Push', view: pushView },
  { path: 'settings', label: 'Settings', view: settingsView },
];

const api = new AdminApi();
const main = find('#view');
const announcer = find('#announcer');
let visit = 0;

find('#nav').append(...routes.filter((route) => route.label).map((route) => h('li', {}, h('a', { href: `#/${route.path}` }, route.label))));

function open() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const route = routes.find((candidate) => candidate.path.endsWith('/') ? path.startsWith(candidate.path) && path !== candidate.path : path === candidate.path) ?? routes[0];
  const mine = ++visit;
  const here = () => mine === visit;
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.getAttribute('href') === `#/${route.path.replace('/', '')}`) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    else link.removeAttribute('aria-current');
  }
  document.title = `${route.label ?? 'User'} – Krewe console`;
  const notice = h('p', { class: 'notice', role: 'alert' });
  const content = h('div', {});
  main.replaceChildren(notice, content);

  const say = (/** @type {string} */ text, /** @type {boolean} */ good) => {
    notice.classList.toggle('good', good);
    setText(notice, text);
    if (good) setText(announcer, text);
  };
  const attempt = async (/** @type {Promise<any>} */ action, done = '') => {
    try {
      const result = await action;
      if (here()) say(done, true);
      return result ?? true;
    } catch (trouble) {
      if (here()) say(/** @type {Error} */ (trouble).message, false);
      return undefined;
    }
  };
  const repeat = (/** @type {() => Promise<void>} */ again, /** @type {number} */ milliseconds) => {
    setTimeout(async () => {
      if (!here()) return;
      if (!document.hidden) await again().then(() => { if (!notice.classList.contains('good')) say('', true); }, (trouble) => { if (here()) say(trouble.message, false); });
      repeat(again, milliseconds);
    }, milliseconds);
  };
  const show = (/** @type {Node[]} */ ...children) => { if (here()) content.replaceChildren(...children); };
  const rest = route.path.endsWith('/') ? decode(path.slice(route.path.length)) : '';
  Promise.resolve(route.view({ api, show, attempt, repeat, query: new URLSearchParams(query) }, rest)).catch((trouble) => { if (here()) say(trouble.message, false); });
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

window.addEventListener('hashchange', () => {
  // The link to the content is no page.
  if (location.hash === '#view') return;
  open();
  main.focus();
});
open();
