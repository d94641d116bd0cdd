import { randomFillSync } from 'node:crypto';
import { parse, stringify, validate, version } from 'uuid';

// A message's id outward is a UUID of version 8 (RFC 9562), whose content is ours to choose:
//
//   bytes 0–5    when the message came, Unix milliseconds: ids are in order of time, as those of version 7
//   bytes 6–7    version; 12 bits: the low end of its seq, so that no two of one moment in a chat are alike
//   byte 8       variant; 6 bits: random
//   bytes 9–13   the number of its chat
//   bytes 14–15  random
//
// So a permalink finds its chat without anything being kept of the message: after its retention there is
// nothing more to store, and after the chat itself was forgotten nothing that would have to be removed.

/** A new id. @param receivedAt Unix milliseconds */
export function makeMessageId(message: {
  chatId: number;
  seq: number;
  receivedAt: number;
}): string {
  const { chatId, seq, receivedAt } = message;
  const bytes = random16();
  bytes.writeUIntBE(Math.max(0, receivedAt), 0, 6);
  bytes.writeUInt16BE(0x8000 | (seq & 0xfff), 6);
  bytes.writeUInt8(0x80 | ((bytes[8] ?? 0) & 0x3f), 8);
  bytes.writeUIntBE(chatId, 9, 5);
  return stringify(bytes);
}

const drawn = Buffer.alloc(4096);
let used = drawn.length;

/** They are drawn by the page: so few by themselves cost as much as writing the message down. */
function random16(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += 16;
  return drawn.subarray(used - 16, used);
}

/** The number of the chat that the message of this id is of, or was; null for what is no id of ours. */
export function chatOfMessageId(id: string): number | null {
  if (!validate(id) || version(id) !== 8) return null;
  return Buffer.from(parse(id)).readUIntBE(9, 5);
}
