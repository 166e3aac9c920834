import { api } from '../api/client';
import { definitionOf, type Definition, type Label } from '../definition';
import { named } from './language.svelte';

const known = $state<{ newest: Definition[] }>({ newest: [] });
const loads = new Map<string, Promise<Definition | undefined>>();

/** One definition, `hebei-6plus1@1`; each is read once. */
export function definition(name: string): Promise<Definition | undefined> {
  const before = loads.get(name);
  if (before) return before;
  const load = api.definition(name).then(definitionOf);
  loads.set(name, load);
  load.catch(() => loads.delete(name));
  return load;
}

/** Reads the newest version of every campaign: what lists need for names. */
export async function readNewest(): Promise<void> {
  const newest = new Map<string, { name: string; version: number }>();
  for (const { definition: name } of await api.definitions()) {
    const [campaign = '', version = '0'] = name.split('@');
    if (Number(version) >= (newest.get(campaign)?.version ?? 0)) newest.set(campaign, { name, version: Number(version) });
  }
  const read = await Promise.all([...newest.values()].map(({ name }) => definition(name)));
  known.newest = read.filter((each) => each !== undefined);
}

/** The newest definition of every campaign. */
export function campaigns(): readonly Definition[] {
  return known.newest;
}

/** What people call a campaign. */
export function campaignName(id: string): string {
  return named(campaigns().find((each) => each.id === id)?.name, id);
}

/** The domains of all campaigns, each once. */
export function domains(): { id: string; name: Label }[] {
  const found = new Map(known.newest.flatMap((each) => each.domains.map(({ id, name }) => [id, { id, name }])));
  return [...found.values()];
}

export function domainName(id: string): Label | undefined {
  return domains().find((domain) => domain.id === id)?.name;
}

export function codeName(list: string, code: string): Label | undefined {
  const lists = known.newest.flatMap((each) => each.code_lists.filter(({ id }) => id === list));
  return lists.flatMap(({ codes }) => codes).find((each) => each.code === code);
}
