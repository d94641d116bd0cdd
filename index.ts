import { defineApp, version as platformVersion } from 'zapier-platform-core';
import packageJson from './package.json' with { type: 'json' };
import { authentication } from './src/zapier/authentication.ts';
import { chat } from './src/zapier/chat.ts';
import { newMessage } from './src/zapier/new-message.ts';
import { newMessageBatch } from './src/zapier/new-message-batch.ts';
import { whatsappAccount } from './src/zapier/whatsapp-account.ts';

/** The Zapier integration. It runs on Zapier's machines and talks to a Pakiet server over HTTP only. */
export default defineApp({
  version: packageJson.version,
  platformVersion,
  authentication,
  triggers: {
    [newMessage.key]: newMessage,
    [newMessageBatch.key]: newMessageBatch,
    [whatsappAccount.key]: whatsappAccount,
    [chat.key]: chat,
  },
  // Every request goes through z.request, so node:http can stay as it is for whoever shares the process.
  flags: { skipHttpPatch: true },
});
