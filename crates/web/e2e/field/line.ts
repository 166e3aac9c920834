import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A bad line to a server: everything comes late, each connection in its own time, so that a later one overtakes an earlier, and they are cut after so many bytes, again and again, until it is mended. The same seed cuts at the same places. */

const LATE_MS_MIN = 5;
const LATE_MS_MAX = 150;
const BYTES_MIN = 2_000;
const BYTES_MAX = 60_000;

export class Line {
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private cuts = 0;
  private bad = false;
  private hushed = false;
  private accepted = 0;
  private latest = 0;
  /** Connections that reached the server after one that was opened later. */
  overtaken = 0;

  private constructor(port: number, private seed: number) {
    this.server = createServer((near) => this.accept(near, port));
  }

  static async to(port: number, seed: number): Promise<Line> {
    const line = new Line(port, seed);
    await new Promise<void>((ready) => line.server.listen(0, '127.0.0.1', ready));
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get cutSoFar(): number {
    return this.cuts;
  }

  worsen(): void {
    this.bad = true;
  }

  /** Ends every connection; from now on a device is heard up to its hello and not after it. */
  hush(): void {
    this.hushed = true;
    for (const socket of this.open) socket.destroy();
  }

  /** Hears everything again, on connections to come. */
  listen(): void {
    this.hushed = false;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.bad = false;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  /** Reaches the server when its own time has passed, after others that came later. */
  private accept(near: Socket, port: number): void {
    if (!this.bad) return this.carry(near, connect(port, '127.0.0.1'), 0);
    const number = (this.accepted += 1);
    // Every other one takes long: whatever is opened beside it is there first.
    const late = number % 2 === 1 ? LATE_MS_MAX : LATE_MS_MIN + (this.next() % (LATE_MS_MAX - LATE_MS_MIN));
    near.pause();
    near.on('error', () => near.destroy());
    setTimeout(() => {
      if (number < this.latest) this.overtaken += 1;
      this.latest = Math.max(this.latest, number);
      this.carry(near, connect(port, '127.0.0.1'), late);
      near.resume();
    }, late);
  }

  private carry(near: Socket, far: Socket, late: number): void {
    const drawn = BYTES_MIN + (this.next() % (BYTES_MAX - BYTES_MIN));
    // However little there is to carry, the first long connection of a bad line is cut.
    let left = this.bad && this.cuts === 0 ? BYTES_MIN : drawn;
    /** What a device's own connection has said: the request to open it, then the hello. */
    let said = 0;
    const hush = (chunk: Buffer): boolean => {
      if (said > 0 || chunk.includes('/sync')) said += 1;
      return this.hushed && said > 2;
    };
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.open.add(from);
      from.on('close', () => {
        this.open.delete(from);
        cut();
      });
      from.on('error', cut);
      from.on('data', (chunk: Buffer) => {
        if (from === near && hush(chunk)) return;
        left -= chunk.length;
        if (!this.bad) return void to.write(chunk);
        if (left > 0) return void setTimeout(() => to.write(chunk), late);
        this.cuts += 1;
        cut();
      });
    }
  }

  /** Marsaglia's xorshift: enough to cut at many different places. */
  private next(): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return this.seed >>> 0;
  }
}
