import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, readableMinute, TIMESTAMP_PATTERN } from '../../src/wire/timestamp.ts';

test('a timestamp has whole seconds, UTC and an offset without a colon', () => {
  expect(formatTimestamp(Date.UTC(2021, 1, 24, 16, 25, 29, 999))).toBe('2021-02-24T16:25:29+0000');
});

test('every time from the year 0 to 9999 can be written and read back to the second', () => {
  const years = {
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
  };
  fc.assert(
    fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
      const text = formatTimestamp(date.getTime());
      expect(text).toMatch(TIMESTAMP_PATTERN);
      const back = Date.parse(text.replace('+0000', 'Z'));
      expect(back).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});

test('people read date and minute', () => {
  expect(readableMinute('2021-02-24T16:25:29+0000')).toBe('2021-02-24 16:25');
});
