/** @typedef {import('../../shared/krewe.js').Contact} Contact */

/** The roster with the presence of those in it, and who is blocked. */
export class Contacts {
  /** @type {Map<string, Contact>} */
  #contacts = new Map();
  /** @type {Set<string>} */
  blocked = new Set();
  /** No connection: what is known of anybody's presence may no longer hold. */
  stale = false;
  /** What is heard while the list is being asked for. @type {Set<(() => void)[]>} */
  #loads = new Set();

  /** @param {import('../../shared/krewe.js').KreweApi} api @param {string} me @param {() => void} changed */
  constructor(api, me, changed) {
    this.api = api;
    this.changed = changed;
    this.domain = me.slice(me.indexOf('@') + 1);
  }

  /** Asks anew; events between two connections are not kept for anybody. */
  async load() {
    /** @type {(() => void)[]} */
    const heard = [];
    this.#loads.add(heard);
    try {
      const [contacts, blocks] = await Promise.all([this.api.contacts(), this.api.blocks()]);
      this.#contacts = new Map(contacts.items.map((contact) => [contact.address, contact]));
      this.blocked = new Set(blocks.items);
      // What came while the answer was on its way may be newer than the answer.
      for (const apply of heard) apply();
      this.stale = false;
    } finally {
      this.#loads.delete(heard);
    }
    this.#returned();
    this.changed();
  }

  /** @returns {Contact[]} */
  get all() {
    return [...this.#contacts.values()].filter((contact) => !this.blocked.has(contact.address));
  }

  /** @param {string} address */
  get(address) {
    return this.#contacts.get(address);
  }

  /** Those who ask and wait for an answer. */
  get requests() {
    return this.all.filter((contact) => contact.pending === 'in' && contact.subscription !== 'to');
  }

  /** What a person is called: the name given, else the short form of the address. @param {string} address */
  nameOf(address) {
    return this.#contacts.get(address)?.name || this.shortOf(address);
  }

  /** @param {string} address */
  shortOf(address) {
    const at = address.indexOf('@');
    return at > 0 && address.slice(at + 1) === this.domain ? address.slice(0, at) : address;
  }

  /** How available somebody is; undefined where one may not know. @param {string} address @returns {string | undefined} */
  showOf(address) {
    const contact = this.#contacts.get(address);
    if (this.stale || !contact || (contact.subscription !== 'to' && contact.subscription !== 'both')) return undefined;
    return contact.presence?.show ?? 'offline';
  }

  /** A `contact` frame. @param {Contact} contact */
  take(contact) {
    this.#hear(() => {
      const known = this.#contacts.get(contact.address);
      if (contact.subscription === 'remove') this.#contacts.delete(contact.address);
      else this.#contacts.set(contact.address, { ...contact, presence: contact.presence ?? known?.presence });
    });
    this.#returned();
  }

  /** A `presence` frame. @param {{from: string, show: string, status?: string}} frame */
  takePresence({ from, show, status }) {
    this.#hear(() => {
      const contact = this.#contacts.get(from);
      if (contact) this.#contacts.set(from, { ...contact, presence: { show, status } });
    });
  }

  /** @param {() => void} apply */
  #hear(apply) {
    apply();
    for (const heard of this.#loads) heard.push(apply);
    this.changed();
  }

  /** @param {string} name A name or an address. @returns {Promise<string>} The address. */
  async add(name) {
    const typed = name.trim();
    const address = typed.includes('@') ? typed : `${typed}@${this.domain}`;
    const known = new Set(this.#contacts.keys());
    await this.api.putContact(address);
    await this.load();
    // The server writes addresses in one form only, so the new one may look other than what was typed.
    return this.all.find((contact) => !known.has(contact.address))?.address ?? address.toLowerCase();
  }

  /** @param {string} address @param {'approve' | 'deny'} answer */
  async answer(address, answer) {
    await this.api.answerRequest(address, answer);
    // Accepting means that both want to see one another; the other direction has to be asked for.
    const subscription = this.#contacts.get(address)?.subscription;
    if (answer === 'approve' && subscription !== 'to' && subscription !== 'both') await this.api.putContact(address);
    await this.load();
  }

  /** Who was asked first and said yes asks in return: that needs no second question to the user. */
  #returned() {
    for (const contact of this.all) {
      if (contact.pending !== 'in' || contact.subscription !== 'to') continue;
      // Refused when another tab was quicker; then there is nothing left to do.
      this.api.answerRequest(contact.address, 'approve').catch(() => {});
    }
  }

  /** @param {string} address */
  async remove(address) {
    await this.api.removeContact(address);
    await this.load();
  }

  /** @param {string} address */
  async block(address) {
    await this.api.block(address);
    await this.load();
  }

  /** @param {string} address */
  async unblock(address) {
    await this.api.unblock(address);
    await this.load();
  }
}
