import { MailboxSocket } from '../../shared/krewe.js';
import { HANDSHAKE_DOWN, HANDSHAKE_UP, byteLength, frameBytes, requestBytes } from '../wire.js';
import { Technique } from './technique.js';

/** A connection of its own that both sides may write to at any time. */
export class WebSocketTechnique extends Technique {
  /** @param {import('./technique.js').Reader} reader @param {AbortSignal} signal */
  run(reader, signal) {
    const socket = new MailboxSocket(reader.token, this.cursor);
    socket.on('state', (state) => {
      if (state === 'connecting') {
        this.requests++;
        this.count(requestBytes(`/v1/ws?after=${socket.cursor}&access_token=${reader.token}`) + HANDSHAKE_UP, HANDSHAKE_DOWN);
      }
      this.state = state === 'waiting' ? 'broken' : 'working';
      this.emit('changed');
    });
    socket.on('received-bytes', (text) => this.count(0, frameBytes(byteLength(text), false)));
    socket.on('sent-bytes', (text) => this.count(frameBytes(byteLength(text), true)));
    socket.on('item', (item) => this.take(item));
    signal.addEventListener('abort', () => socket.stop());
    socket.start();
  }
}
