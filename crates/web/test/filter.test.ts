import { expect, test } from 'vitest';
import { asked, filterOf, withValue } from '../src/filter';

test('the filter is what the address says of it, in one order, without the rest', () => {
  const address = new URLSearchParams('tab=map&state=closed&record=x&region=1304&kind=&state=found&field.key=');
  expect(filterOf(address).toString()).toBe('field.key=&region=1304&state=closed&state=found');
});

test('setting a value replaces all of its name; none takes it out', () => {
  const filter = new URLSearchParams('state=a&state=b&q=x');
  expect(withValue(filter, 'state', 'c').toString()).toBe('q=x&state=c');
  expect(withValue(filter, 'state', '').toString()).toBe('q=x');
  expect(asked(filter, { by: 'state' }).getAll('state')).toEqual(['a', 'b']);
});
