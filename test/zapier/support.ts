import type { Bundle } from 'zapier-platform-core';
import { createAppTester } from 'zapier-platform-core';
import app from '../../index.ts';
import { API_VERSION } from '../../src/wire/me.ts';
import { type SignatureHeaders, sign } from '../../src/wire/signature.ts';

export { authentication } from '../../src/zapier/authentication.ts';
export { app };

export const SERVER = 'https://pakiet.test';
export const API_KEY = 'pk_live_4f8a2c91d7e6b305';
export const SECRET = `whsec_${Buffer.from('the key of this subscription').toString('base64')}`;
export const TARGET_URL = 'https://hooks.zapier.com/hooks/standard/1/capability/';

/** With these headers a server of today answers. */
export const JSON_HEADERS = {
  'content-type': 'application/json',
  'pakiet-api-version': String(API_VERSION),
};

/** Runs a function of the integration as Zapier does, its checks and its error handling included. */
export const run = createAppTester(app);

export const {
  new_message: newMessage,
  new_message_batch: newMessageBatch,
  whatsapp_account: whatsappAccount,
  chat,
} = app.triggers;

const authData = { baseUrl: SERVER, apiKey: API_KEY };

/** A bundle as the trigger's test in the Zap editor gets it. */
export const bundleWith = (rest: object = {}): Partial<Bundle> => ({
  authData,
  inputData: {},
  ...rest,
});

/** What Zapier makes of a delivery: headers renamed, the body both raw and parsed. */
export function delivery(
  body: object,
  { secret = SECRET, at = Date.parse('2021-02-24T17:00:00Z') } = {},
): Partial<Bundle> {
  const content = JSON.stringify(body);
  const headers = sign(secret, 'msg_1', at, content);
  return bundleWith({
    subscribeData: { id: 'wh_1', secret: SECRET },
    rawRequest: { method: 'POST', querystring: '', headers: asZapierNames(headers), content },
    cleanedRequest: { ...body, querystring: {} },
  });
}

function asZapierNames(headers: SignatureHeaders): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Http-Webhook-Id': headers['webhook-id'],
    'Http-Webhook-Timestamp': headers['webhook-timestamp'],
    'Http-Webhook-Signature': headers['webhook-signature'],
  };
}

export interface Failure {
  /** Class of the error as Zapier sees it. */
  name: string;
  /** What the user reads. */
  sentence: string;
  code?: string;
  status?: number;
  delay?: number;
  /** All of the error that leaves the integration. */
  whole: string;
}

/** What a call that has to fail fails with. Errors of the platform carry their details as JSON. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => undefined,
    (reason: Error) => reason,
  );
  if (!error) throw new Error('The call was to fail, and did not');
  const { message, ...details } = JSON.parse(error.message) as { message: string };
  const whole = JSON.stringify([error.name, error.message, error.stack, error.cause, error]);
  return { name: error.name, sentence: message, ...details, whole };
}
