/** What an invitation looks like in an address and in a QR code. */

/** A picture or an address has the whole code; its first letters do for who types. */
const WHOLE_LETTERS = 20;
const TYPED_LETTERS = 8;
const CODE = /^[0-9A-Za-z-]{6,40}$/;

/** The code behind the `#` of an address, without what cannot be part of one. */
export function codeIn(hash: string): string {
  let text = hash.slice(1);
  try {
    text = decodeURIComponent(text);
  } catch {
    // Not escaped, then.
  }
  return text.replace(/[^0-9A-Za-z-]/g, '');
}

/** A scanned text: the code, another server's address, or neither. */
export function invitationIn(text: string, host: string): { readonly code: string } | { readonly host: string | undefined } {
  const words = text.trim();
  if (CODE.test(words)) return { code: words };
  const address = URL.canParse(words) ? new URL(words) : undefined;
  const code = codeIn(address?.hash ?? '');
  if (!address || !/^https?:$/.test(address.protocol) || code === '') return { host: undefined };
  return address.host === host ? { code } : { host: address.host };
}

/** What of a code is typed and read out, as it is printed: `K7Q2-M9FX`. What is no code stays as it is. */
export function typed(code: string): string {
  // Chinese keyboards write wide letters.
  const letters = code.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  return letters.length === WHOLE_LETTERS || letters.length === TYPED_LETTERS ? `${letters.slice(0, 4)}-${letters.slice(4, TYPED_LETTERS)}` : code;
}
