/** Bytes as lower-case hexadecimal digits: hashes, ids and salts are written so everywhere. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
