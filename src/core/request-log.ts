import type { SendError } from '../store/facts.ts';
import type { LoggedRequest, Webhook } from '../store/rows.ts';
import { sign } from '../wire/signature.ts';
import { errorSentence } from './error-sentence.ts';
import type { Outcome } from './health.ts';
import type { Attempt } from './sender.ts';

/**
 * The headers of a request to a webhook.
 * @param id of the delivery
 * @param at time of the attempt, Unix milliseconds; until their time is up former secrets sign too
 */
export function requestHeaders(
  { secret, formerSecrets }: Pick<Webhook, 'secret' | 'formerSecrets'>,
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const signing = formerSecrets.filter(({ until }) => at < until);
  const secrets = [secret, ...signing.map((former) => former.secret)];
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Pakiet (+https://www.standardwebhooks.com)',
    ...sign(secrets, id, at, body),
  };
}

/** What came of a request that someone has asked for. */
export interface Tried {
  /** As it stands in the detailed log. */
  logged: LoggedRequest;
  error: SendError | null;
}

/** One request as an item of the detailed log. */
export function toLoggedRequest(
  { webhookId, chatId }: Pick<LoggedRequest, 'webhookId' | 'chatId'>,
  kind: LoggedRequest['kind'],
  sent: { url: string; headers: Record<string, string>; body: string },
  attempt: Attempt,
  { startedAt, endedAt }: Pick<Outcome, 'startedAt' | 'endedAt'>,
): LoggedRequest {
  return {
    webhookId,
    chatId,
    at: new Date(startedAt).toISOString(),
    duration_ms: endedAt - startedAt,
    kind,
    request: { method: 'POST', ...sent },
    response: attempt.response,
    error: attempt.error && {
      code: attempt.error.code,
      message: errorSentence(attempt.error, 'en'),
    },
  };
}

/** The item as people and programs get it. */
export const toRequestJson = ({ webhookId, chatId, ...item }: LoggedRequest) => item;
