/** A file leaving the app: by the phone's share sheet where there is one, else as a download. */
export async function handOn(name: string, bytes: BlobPart, type: string): Promise<void> {
  const file = new File([bytes], name, { type });
  if (navigator.canShare?.({ files: [file] })) {
    try {
      return await navigator.share({ files: [file] });
    } catch (error) {
      // Whoever closes the share sheet may still want the file.
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

export const stamped = (): string => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 16).replace(/[-:T]/g, '');
