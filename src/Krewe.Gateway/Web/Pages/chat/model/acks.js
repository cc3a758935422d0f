/**
 * Tells the server how far this device has got, which becomes the senders' marks. An ack speaks of the whole mailbox
 * ("everything up to N"), so `read` goes only as far as nothing unread lies before it: nobody is told that a message
 * was read because another one was.
 */
export class Acks {
  #delivered = 0;
  #read = 0;
  /** @type {number | undefined} */
  #timer;

  /** @param {(seq: number, read: boolean) => boolean} ack */
  constructor(ack) {
    this.ack = ack;
    this.cursor = 0;
    this.readTo = 0;
  }

  /** @param {number} cursor The last item that is here. @param {number} readTo The last item before the first unread one. */
  update(cursor, readTo) {
    this.cursor = cursor;
    this.readTo = readTo;
    // A burst makes one ack. 100 ms is below what a sender watching the marks notices.
    this.#timer ??= setTimeout(() => this.#flush(), 100);
  }

  /** A new connection: what was on its way in the old one may be lost. Repeating an ack does no harm. */
  reset() {
    this.#delivered = 0;
    this.#read = 0;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush() {
    this.#timer = undefined;
    if (this.readTo > this.#read && this.ack(this.readTo, true)) {
      this.#read = this.readTo;
      this.#delivered = Math.max(this.#delivered, this.readTo);
    }
    if (this.cursor > this.#delivered && this.ack(this.cursor, false)) this.#delivered = this.cursor;
  }
}
