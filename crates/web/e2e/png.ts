import { crc32, deflateSync } from 'node:zlib';

/** Pictures for stories, as PNGs that decoders take. */

export type Colour = readonly [number, number, number];

function chunk(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export function png(side: number, colour: (x: number, y: number) => Colour): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  // Eight bits of each of three colours.
  head.set([8, 2], 8);
  const row = (y: number): number[] => [0, ...Array.from({ length: side }, (_, x) => colour(x, y)).flat()];
  const rows = Buffer.from(Array.from({ length: side }, (_, y) => row(y)).flat());
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
