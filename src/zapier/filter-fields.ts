import { defineInputFields } from 'zapier-platform-core';
import { chatSearchField } from './chat.ts';
import type { DefaultDirection } from './filters.ts';

const choice = (value: string, label: string) => ({ value, sample: value, label });

/** The input fields that narrow a trigger to some messages; `filtersOf` reads them. */
export function filterFields(direction: { default: DefaultDirection; helpText: string }) {
  return defineInputFields([
    {
      key: 'whatsapp_accounts',
      label: 'WhatsApp Accounts',
      type: 'string',
      list: true,
      required: false,
      dynamic: 'whatsapp_account.id.label',
      helpText:
        'Only messages of these accounts run this Zap. If left blank, those of all accounts.',
    },
    {
      key: 'direction',
      label: 'Direction',
      type: 'string',
      required: false,
      default: direction.default,
      choices: [choice('received', 'Received'), choice('sent', 'Sent'), choice('both', 'Both')],
      helpText: direction.helpText,
    },
    {
      key: 'chat_type',
      label: 'Chat Type',
      type: 'string',
      required: false,
      choices: [choice('direct', 'Direct'), choice('group', 'Group'), choice('both', 'Both')],
      helpText:
        'Only messages of these chats run this Zap: direct ones (with a single contact) or groups. If left blank, those of both.',
    },
    chatSearchField,
    {
      key: 'chat',
      label: 'Chat',
      type: 'string',
      required: false,
      dynamic: 'chat.id.label',
      helpText:
        'Only messages of this chat run this Zap. If left blank, those of all chats. The list begins with the newest 100 chats; load more of them at its end, or use the field above.',
    },
  ]);
}
