import type { Locator } from '@playwright/test';
import type { Colour } from './png';

/** How much of what is shown has about that colour, 0 to 1. */
export async function share(shown: Locator, [red, green, blue]: Colour): Promise<number> {
  const bytes = [...(await shown.screenshot())];
  return shown.page().evaluate(
    async ({ bytes, colour }) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      pen?.drawImage(bitmap, 0, 0);
      const pixels = pen?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray();
      let near = 0;
      for (let at = 0; at < pixels.length; at += 4) if (colour.every((part, of) => Math.abs(part - (pixels[at + of] ?? 0)) < 14)) near += 1;
      return near / (bitmap.width * bitmap.height);
    },
    { bytes, colour: [red, green, blue] },
  );
}
