import type { Library } from '../law';

/** The library of laws at hand. Where it is kept is each app's business: the console asks the server, a phone looks into its store. */

class Shelf {
  library = $state.raw<Library>();
}
export const shelf = new Shelf();
let source: () => Promise<Library | undefined> = async () => undefined;

export function readLibraryFrom(from: () => Promise<Library | undefined>): void {
  source = from;
}
/** Whoever shows a law calls it; without a library everything else goes on. */
export async function openLibrary(): Promise<void> {
  shelf.library ??= await source().catch(() => undefined);
}
