import type { Bundle, Trigger, ZObject } from 'zapier-platform-core';
import { z as zod } from 'zod';
import { askServer } from './ask-server.ts';

const accountsSchema = zod.array(
  zod
    .object({ phone: zod.string(), full_name: zod.string() })
    .transform(({ phone, full_name }) => ({
      id: phone,
      label: full_name ? `${full_name} (${phone})` : phone,
    })),
);

/** The choices of the WhatsApp Accounts field. */
async function perform(z: ZObject, bundle: Bundle) {
  return askServer(z, bundle, {
    path: '/whatsapp-accounts',
    read: (answer) => accountsSchema.safeParse(answer).data,
  });
}

/** Not a trigger for users: it fills the dropdown of WhatsApp accounts. */
export const whatsappAccount = {
  key: 'whatsapp_account',
  noun: 'WhatsApp Account',
  display: {
    label: 'New WhatsApp Account',
    description: 'Triggers when a WhatsApp account is connected.',
    hidden: true,
  },
  operation: {
    type: 'polling',
    perform,
    sample: { id: '+972550000000', label: 'Jane Smith (+972550000000)' },
    outputFields: [
      { key: 'id', label: 'Account Phone', type: 'string' },
      { key: 'label', label: 'Account Name', type: 'string' },
    ],
  },
} satisfies Trigger<'whatsapp_account'>;
