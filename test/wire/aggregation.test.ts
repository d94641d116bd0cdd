import { describe, expect, test } from '@jest/globals';
import { aggregationHtml, transcript } from '../../src/wire/aggregation.ts';
import type { Message } from '../../src/wire/payload.ts';
import { bundleExample } from './spec-examples.ts';

const link = {
  permalink: 'https://app.timelines.ai/permalink/77a28d55-5345-5435-8c72-3a7bcad8ded9/',
  productName: 'TimelinesAI',
};

const from = (full_name: string, timestamp: string, text: string, phone = ''): Message => ({
  direction: 'received',
  timestamp,
  message_id: 'id',
  sender: { full_name, phone },
  recipient: { full_name: '', phone: '' },
  text,
});

const conversation = [
  from('John Doe', '2021-02-24T16:25:29+0000', 'Hi! How are you?'),
  from('Jane Smith', '2021-02-24T16:30:29+0000', 'I am fine, how are you?'),
];

const lineOf = (message: Message) => aggregationHtml([message], link).split('<br/>Click')[0];

describe('aggregation', () => {
  test('reads to the letter like the example in the specification', () => {
    expect(aggregationHtml(conversation, link)).toBe(bundleExample.aggregation);
  });

  test('escapes markup in names, texts, the link and the product name', () => {
    const message = from('<b>"J"</b>', '2021-02-24T16:25:29+0000', `1 < 2 && '3' > "2"`);
    expect(lineOf(message)).toBe(
      'from &lt;b&gt;&quot;J&quot;&lt;/b&gt; on 2021-02-24 16:25: 1 &lt; 2 &amp;&amp; &#39;3&#39; &gt; &quot;2&quot;',
    );
    const html = aggregationHtml([message], {
      permalink: "https://h/'onclick='",
      productName: 'A&B',
    });
    expect(html).toContain("<a href='https://h/&#39;onclick=&#39;'>here</a>");
    expect(html).toMatch(/in A&amp;B$/);
  });

  test.each(['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029'])(
    'turns the line break %j inside a message into one <br/>',
    (lineBreak) => {
      expect(lineOf(from('J', '2021-02-24T16:25:29+0000', `a${lineBreak}b`))).toMatch(
        /: a<br\/>b$/,
      );
    },
  );

  test.each([
    ['the phone where there is no name', '', '+972540000000', '+972540000000'],
    ['"unknown" where there is neither', '', '', 'unknown'],
    ['the name where there are both', 'John', '+972540000000', 'John'],
  ])('names %s', (_what, name, phone, expected) => {
    const line = lineOf(from(name, '2021-02-24T16:25:29+0000', 'hi', phone));
    expect(line).toBe(`from ${expected} on 2021-02-24 16:25: hi`);
  });

  test('keeps emoji as they are', () => {
    expect(lineOf(from('👩‍🚀', '2021-02-24T16:25:29+0000', '👍🏽'))).toContain(
      '👩‍🚀 on 2021-02-24 16:25: 👍🏽',
    );
  });
});

test('a transcript is plain text, a line a message', () => {
  expect(transcript(conversation)).toBe(
    'John Doe (2021-02-24 16:25): Hi! How are you?\nJane Smith (2021-02-24 16:30): I am fine, how are you?',
  );
});
