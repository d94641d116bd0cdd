import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { readExport } from '../../src/core/chat-export.ts';
import { ChatExportError, readExportFile } from '../../src/core/chat-export-file.ts';
import { isText } from '../../src/core/exported-text.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`./chat-exports/${name}.txt`, import.meta.url));

const at = (day: number, hour: number, minute: number, second = 0) =>
  new Date(2024, 1, day, hour, minute, second).getTime();

describe('reading an exported chat', () => {
  test.each([
    ['android-polish', true, 4, [at(21, 9, 10), at(22, 18, 30)]],
    ['android-american', false, 5, [at(24, 16, 25), at(25, 0, 0), at(25, 12, 32)]],
    ['iphone-german', true, 7, [at(24, 16, 24, 59), at(24, 16, 25, 30), at(24, 16, 27)]],
    ['iphone-american', false, 2, [at(24, 16, 25, 29), at(25, 0, 5)]],
  ])('%s: its texts by time, without what is not text', (name, daysFirst, skipped, times) => {
    expect(readExportFile(fixture(name))).toEqual({
      times,
      skipped,
      daysFirst,
      isAmbiguous: false,
    });
  });

  test('says that its dates could be read in two ways, and reads them as told', () => {
    const bytes = fixture('ambiguous');
    const april = [new Date(2024, 3, 3, 10, 0).getTime(), new Date(2024, 3, 3, 10, 5).getTime()];
    const march = [new Date(2024, 2, 4, 10, 0).getTime(), new Date(2024, 2, 4, 10, 5).getTime()];
    expect(readExportFile(bytes)).toMatchObject({ times: april, isAmbiguous: true });
    expect(readExportFile(bytes, { daysFirst: true })).toMatchObject({ times: april });
    expect(readExportFile(bytes, { daysFirst: false })).toMatchObject({ times: march });
  });

  test('reads a large one in parts, and its dates all in the same way', () => {
    // Only the last has a day above 12: the parts before it would be read day first by themselves.
    const long = `${'x'.repeat(1000)}\n3/4 is a line of the message\n`;
    const lines = Array.from({ length: 5000 }, () => `3/4/24, 10:00 - John Doe: ${long}`);
    const shares: number[] = [];
    const chat = readExport(`${lines.join('')}3/24/24, 10:00 - John Doe: Bye`, {
      onProgress: (share) => shares.push(share),
    });
    expect(chat?.times).toEqual([
      ...Array(5000).fill(new Date(2024, 2, 4, 10).getTime()),
      new Date(2024, 2, 24, 10).getTime(),
    ]);
    expect(shares).toHaveLength(2);
    expect(shares[0]).toBeCloseTo(0.76, 1);
    expect(shares[1]).toBe(1);
  });
});

/** The zip of one file, whose directory says that the file is so large. */
function claiming(size: number, zip: Uint8Array): Uint8Array {
  const directory = Buffer.from(zip).lastIndexOf('PK\x01\x02');
  new DataView(zip.buffer).setUint32(directory + 24, size, true);
  return zip;
}

describe('a file', () => {
  const chat = fixture('iphone-german');
  const times = readExportFile(chat).times;

  test.each([
    ['as the iPhone zips it', { '_chat.txt': chat }],
    ['beside attachments', { 'a.jpg': strToU8('x'), 'a.txt': strToU8('x'), '_chat.txt': chat }],
    ['as Android zips it', { 'a.txt': strToU8('x'), 'WhatsApp Chat with John.txt': chat }],
    ['zipped anew on a Mac', { '__MACOSX/._chat.txt': strToU8('x'), 'chat/_chat.txt': chat }],
  ])('may be a zip, %s', (_how, files) => {
    expect(readExportFile(zipSync(files)).times).toEqual(times);
  });

  test.each([
    ['empty', new Uint8Array(), 'the file is empty.'],
    ['some other text', strToU8('Dear Jane,\n\nit is 10:30.\n'), /^this is not a chat exported by/],
    ['no text at all', Uint8Array.from({ length: 9999 }, (_, i) => i * 7), /^this is not a chat/],
    ['a zip without a chat', zipSync({ 'a.jpg': strToU8('x') }), /^this is not a chat/],
    ['half a zip', zipSync({ '_chat.txt': chat }).slice(0, 99), /^the zip is damaged/],
    ['a zip of too large a text', claiming(2e8 + 1, zipSync({ '_chat.txt': chat })), /than 200 MB/],
    ['too large', new Uint8Array(2e8 + 1), /larger than 200 MB/],
  ])('that is %s is refused', (_what, bytes, message) => {
    expect(() => readExportFile(bytes)).toThrow(ChatExportError);
    expect(() => readExportFile(bytes)).toThrow(message);
  });

  test('of any other kind is refused and nothing worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        for (const other of [bytes, Uint8Array.from([0x50, 0x4b, 3, 4, ...bytes])]) {
          expect(() => readExportFile(other)).toThrow(ChatExportError);
        }
      }),
    );
  });
});

describe('what is text', () => {
  test.each([
    'Hi!',
    '5 < 6 and 7 > 6',
    'report.pdf is ready (I think)',
    'see the image omitted',
    'null and void',
    'שלום',
    '@\u2068Jane\u2069 hello',
    'this message was deleted, she says',
    'https://maps.google.com/?q=1,2',
  ])('%s', (text) => {
    expect(isText(text)).toBe(true);
  });

  test.each([
    '',
    ' ',
    '<Media omitted>\nits caption',
    'report 2.pdf (file attached)',
    'the offer \u200eimage omitted',
    'image omitted',
    'This message was deleted.',
    'Usunięto tę wiadomość',
    '\u200eYou created this group',
    'Standort: https://maps.google.com/?q=52.1,21.0',
  ])('not: %s', (text) => {
    expect(isText(text)).toBe(false);
  });
});
