import { Upload } from 'tus-js-client';
import { hexOf } from './hex';

/** Sending photos and files, named by the SHA-256 of their content. What broke off goes on where it was. */

const PIECE_BYTES = 4 << 20;
const AGAIN_AFTER_MS = [0, 1_000, 3_000, 10_000];

export async function hashOf(file: Blob): Promise<string> {
  // Browsers give no hashes to pages that came without TLS from another machine.
  if (!globalThis.crypto?.subtle) throw new Error('需要 https 连接才能上传 (uploads need https)');
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return hexOf(new Uint8Array(digest));
}

/** Resolves when the server has the whole file and has checked it. */
export function send(file: Blob, hash: string, onpart: (part: number) => void, headers: Record<string, string> = { 'liandu-csrf': '1' }): Promise<void> {
  return new Promise((done, failed) => {
    const upload = new Upload(file, {
      endpoint: '/api/files',
      headers,
      metadata: { hash },
      chunkSize: PIECE_BYTES,
      retryDelays: AGAIN_AFTER_MS,
      storeFingerprintForResuming: false,
      onProgress: (sent, total) => onpart(total === 0 ? 1 : sent / total),
      onSuccess: () => done(),
      onError: failed,
    });
    upload.start();
  });
}
