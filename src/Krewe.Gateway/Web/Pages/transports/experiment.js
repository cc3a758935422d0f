import { KreweApi } from '../shared/krewe.js';
import { CATALOGUE } from './catalogue.js';
import { Measurement } from './measurement.js';
import { Sender } from './sender.js';

/** One writer, one reader, and every technique reading the same mailbox at the same time. */
export class Experiment {
  series = CATALOGUE.map((entry) => ({ entry, technique: entry.make(), measurement: new Measurement() }));
  pollEvery = 1_000;
  /** @type {Sender | undefined} */
  sender;

  constructor() {
    for (const { technique, measurement } of this.series) {
      technique.on('item', (/** @type {import('../shared/krewe.js').Item} */ item) => {
        const sentAt = this.sender?.sentAt.get(item.id);
        if (sentAt === undefined) return; // another tab's, or sent before the numbers were cleared
        const now = performance.now();
        measurement.saw(item.id, item.body ?? '', now - sentAt, now);
      });
    }
  }

  get sent() {
    return this.sender?.sentAt.size ?? 0;
  }

  /** @param {import('./users.js').Pair} pair */
  async start({ writer, reader }) {
    const { last } = await new KreweApi(reader.token).mailbox(0, 1);
    const cursorOfWriter = writer === reader ? last : 0;
    for (const { technique } of this.series) technique.start({ token: reader.token, cursor: last, pollEvery: () => this.pollEvery });
    this.sender = new Sender(writer.token, reader.address, cursorOfWriter);
  }

  stop() {
    this.sender?.stop();
    for (const { technique } of this.series) technique.stop();
  }

  clear() {
    this.sender?.clear();
    for (const { technique, measurement } of this.series) {
      technique.clear();
      measurement.clear();
    }
  }
}
