import { recall, remember } from '../model/store.js';

const KEY = 'krewe.notify';

/** The browser's notifications: only when the user asked for them by a click, and only while the tab is in the background. */
export class Notifications {
  get possible() {
    return 'Notification' in globalThis && isSecureContext;
  }

  get denied() {
    return Notification.permission === 'denied';
  }

  get on() {
    return this.possible && recall(KEY) === 'on' && Notification.permission === 'granted';
  }

  /** Called by a click. */
  async toggle() {
    if (this.on) return remember(KEY, null);
    if (await Notification.requestPermission() === 'granted') remember(KEY, 'on');
  }

  /** @param {import('../../shared/krewe.js').Item} item @param {string} name @param {() => void} open */
  show(item, name, open) {
    if (!this.on || document.visibilityState === 'visible') return;
    try {
      // The same tag from every tab: the browser shows one.
      const notification = new Notification(name, { body: item.body ?? '', tag: `${item.from} ${item.id}`, icon: '/assets/shared/icon.svg' });
      notification.onclick = () => {
        focus();
        open();
        notification.close();
      };
    } catch {
      // Some mobile browsers allow notifications from service workers alone.
    }
  }
}
