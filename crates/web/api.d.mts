export const made: URL;
export function generate(): Promise<string>;
