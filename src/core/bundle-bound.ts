import { openingBytes, weightOf } from './bundle.ts';
import type { Rendering } from './render.ts';

/**
 * A byte of a text or a name takes at most so many in a body: six as JSON (a control character) or as
 * HTML (`&quot;`), and it stands there twice, in the message and in its line of the aggregation.
 */
const MOST_OF_A_BYTE = 12;

/** What the messages of one chat can add to a bundle at most, told without reading their texts. */
export interface BundleBound {
  /** @param octets bytes of the message's text, names and phones together */
  weight(octets: number): number;
  /** Of a bundle that begins with such a message. */
  opening(octets: number): number;
}

/** Bounds for a chat: what a message without any text takes, and the most that its texts can add. */
export function boundOf(context: Rendering): BundleBound {
  const blanks = (['received', 'sent'] as const).map((direction) => ({ ...BLANK, direction }));
  const weight = Math.max(...blanks.map((blank) => weightOf(context, blank)));
  const opening = Math.max(...blanks.map((blank) => openingBytes(context, blank)));
  return {
    weight: (octets) => weight + MOST_OF_A_BYTE * octets,
    opening: (octets) => opening + MOST_OF_A_BYTE * octets,
  };
}

const BLANK = {
  position: 0,
  chatId: 0,
  seq: 0,
  uuid: '00000000-0000-0000-0000-000000000000',
  timestamp: 0,
  receivedAt: 0,
  senderName: '',
  senderPhone: '',
  recipientName: '',
  recipientPhone: '',
  origin: 'phone',
  text: '',
} as const;
