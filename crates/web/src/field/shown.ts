import type { RecordJson } from '../api/client';
import { textsOf, type Definition } from '../definition';
import type { RecordView } from './phone/types';

/** A record of this phone in the form the console's parts show: names of texts come from the forms; of people only one's own is known here, of other records their titles. */
export function shown(view: RecordView, rules: Definition | undefined, me: Readonly<Record<string, string>>, titleOf: (id: string) => string | undefined): RecordJson {
  const texts = { ...view.texts };
  for (const { id, label } of rules ? textsOf(rules, view.kind) : []) {
    const text = texts[id];
    if (text) texts[id] = { ...text, label };
  }
  const people = { ...me };
  for (const { value } of Object.values(view.fields)) {
    const title = typeof value === 'string' ? titleOf(value) : undefined;
    if (typeof value === 'string' && title) people[value] = title;
  }
  return { ...view, texts, as_of: { epoch: '', position: 0 }, people };
}
