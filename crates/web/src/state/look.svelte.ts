/** Light or dark, normal or large: kept in this browser. */

const page = document.documentElement.dataset;
const kept = ['look', 'size'] as const;
for (const name of kept) {
  const value = localStorage.getItem(`liandu-${name}`);
  if (value) page[name] = value;
}

function set(name: (typeof kept)[number], value: string): void {
  page[name] = value;
  localStorage.setItem(`liandu-${name}`, value);
}

export function toggleLook(): void {
  const dark = page['look'] ? page['look'] === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  set('look', dark ? 'light' : 'dark');
}

export function toggleSize(): void {
  set('size', page['size'] === 'large' ? 'normal' : 'large');
}
