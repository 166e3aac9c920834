/** A copy of a photo with words in it, for chats and papers. What the office has stays as the camera made it. */

/** Height of a line and what the strip leaves free, as parts of the picture's shorter side. */
const LINE = 0.042;
const EDGE = 0.02;
const QUALITY = 0.9;

/** Draws the lines on a dark strip at the lower edge; one that is too long is made narrower, never cut. */
export async function stampedCopy(picture: Blob, lines: readonly string[]): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('canvas');
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  const short = Math.min(width, height);
  const [line, edge] = [Math.max(14, short * LINE), short * EDGE];
  const strip = lines.length * line * 1.3 + 2 * edge;
  pen.fillStyle = 'rgb(0 0 0 / 0.55)';
  pen.fillRect(0, height - strip, width, strip);
  pen.fillStyle = '#fff';
  pen.font = `${line}px system-ui, "Noto Sans CJK SC", sans-serif`;
  pen.textBaseline = 'top';
  lines.forEach((text, at) => pen.fillText(text, edge, height - strip + edge + at * line * 1.3, width - 2 * edge));
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}
