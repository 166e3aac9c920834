import { expect, test } from 'vitest';
import { codeIn, invitationIn, typed } from '../src/field/invitation';

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

test('of a whole code the first letters are shown, and typed letters in groups', () => {
  expect(typed('K7Q2M-9FXM3-TBA8W-YN4HD')).toBe('K7Q2-M9FX');
  expect(typed('k7q2 m9fx')).toBe('K7Q2-M9FX');
  expect(typed('Ｋ７Ｑ２－Ｍ９ｆｘ')).toBe('K7Q2-M9FX');
  for (const text of ['', 'K7Q2', 'K7Q2M-9FXM3']) expect(typed(text)).toBe(text);
});
