import { expect, test } from 'vitest';
import { codeIn, invitationIn } from '../src/field/invitation';

test('a scanned text is a code, another server’s address, or neither', () => {
  expect(invitationIn(' ABCD-2345 ', 'here')).toEqual({ code: 'ABCD-2345' });
  expect(invitationIn('https://here/m/#ABCD-2345', 'here')).toEqual({ code: 'ABCD-2345' });
  expect(invitationIn('https://there:8420/m/#ABCD-2345', 'here')).toEqual({ host: 'there:8420' });
  for (const text of ['https://here/m/', 'mailto:a@b#ABCD2345', '扫一扫', '']) expect(invitationIn(text, 'here')).toEqual({ host: undefined });
});

test('a code in an address loses what cannot be part of one', () => {
  expect(codeIn('#ABCD-2345')).toBe('ABCD-2345');
  expect(codeIn('#%20ABCD%3C2345')).toBe('ABCD2345');
  expect(codeIn('#%')).toBe('');
});
