import type { Authentication, Bundle, ZObject } from 'zapier-platform-core';
import { meSchema } from '../wire/me.ts';
import { askServer } from './ask-server.ts';

/** Asks the server whose key it is. `label` is what Zapier lists the connection under. */
async function test(z: ZObject, bundle: Bundle) {
  const me = await askServer(z, bundle, {
    path: '/me',
    read: (answer) => meSchema.safeParse(answer).data,
  });
  const owner = me.owner.full_name || me.owner.email;
  const label = [owner, me.workspace.name].filter(Boolean).join(' – ');
  return { ...me, label };
}

/** A connection is the address of the user's own server and an API key of a workspace on it. */
export const authentication = {
  type: 'custom',
  fields: [
    {
      key: 'baseUrl',
      label: 'Server URL',
      type: 'string',
      required: true,
      isNoSecret: true,
      placeholder: 'https://pakiet.example.com',
      helpText:
        'The web address of your Pakiet, which begins with `https://`. If you do not know it, ask the person who set Pakiet up.',
    },
    {
      key: 'apiKey',
      label: 'API Key',
      type: 'password',
      required: true,
      helpText:
        'Ask the person who runs your Pakiet server for one. They make it there with `npm run pakiet -- key create`; the first one is shown when the server starts for the first time.',
    },
  ],
  test,
  connectionLabel: '{{label}}',
} satisfies Authentication;
