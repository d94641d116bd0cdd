import { hash } from 'node:crypto';
import type { Shape } from '../store/rows.ts';

/**
 * The id of a delivery (`webhook-id`), derived from what it carries: the same id means the same messages
 * for the same webhook, so a receiver that has seen it may drop the repeat.
 * @param seqs places in the chat's log of the messages contained, in order
 */
export function deliveryId(
  webhookId: number,
  shape: Shape,
  chatId: number,
  seqs: readonly number[],
): string {
  const carried = `${webhookId}/${shape}/${chatId}/${seqs.join(',')}`;
  return `msg_${hash('sha256', carried, 'base64url').slice(0, 32)}`;
}
