import type { RecordJson } from '../api/client';
import { textsOf, type Definition } from '../definition';
import type { RecordView } from './phone/types';

/** A record of this phone in the form the console's parts show: names of texts come from the forms, and of people only one's own is known here. */
export function shown(view: RecordView, rules: Definition | undefined, me: Readonly<Record<string, string>>): RecordJson {
  const texts = { ...view.texts };
  for (const { id, label } of rules ? textsOf(rules, view.kind) : []) {
    const text = texts[id];
    if (text) texts[id] = { ...text, label };
  }
  return { ...view, texts, as_of: { epoch: '', position: 0 }, people: me };
}
