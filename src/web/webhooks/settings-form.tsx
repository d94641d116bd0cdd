import type { Account } from '../../store/rows.ts';
import { GRANULARITIES } from '../../wire/webhook.ts';
import { CheckField, Field, Form, type Problems, SelectField } from '../ui.tsx';
import { useWords } from '../view.tsx';
import { ChatChoice, type ChatChoiceData } from './chat-choice.tsx';
import { Choice, Choices } from './choices.tsx';
import { type Fields, rangeOf } from './settings.ts';
import { words } from './words.ts';

/** The id of the form that saves. */
export const SETTINGS_FORM = 'settings-form';

export interface SettingsProps {
  fields: Fields;
  problems: Problems;
  accounts: readonly Account[];
  chats: ChatChoiceData;
}

/** The settings of a webhook that its owner has made, or is about to make. */
export function SettingsForm({
  action,
  isNew,
  ...settings
}: SettingsProps & { action: string; isNew: boolean }) {
  const { fields, problems } = settings;
  const text = useWords(words);
  return (
    <Form action={action} id={SETTINGS_FORM}>
      <NameField {...settings} />
      <Field
        name="target_url"
        type="url"
        label={text.url}
        hint={text.urlHint}
        value={fields.target_url}
        problem={problems.target_url}
        placeholder="https://"
        spellcheck={false}
        required
      />
      <GranularityChoice {...settings} />
      <FilterFields {...settings} />
      <SpeedFields {...settings} />
      {isNew && (
        <CheckField
          name="enabled"
          label={text.enabled}
          hint={text.enabledHint}
          checked={fields.enabled === 'on'}
        />
      )}
      <button type="submit">{isNew ? text.create : text.save}</button>
    </Form>
  );
}

/** What of a Zap's webhook is not the Zap's own. */
export function ZapSettingsForm({ action, ...settings }: SettingsProps & { action: string }) {
  const text = useWords(words);
  return (
    <Form action={action} id={SETTINGS_FORM}>
      <NameField {...settings} />
      <SpeedFields {...settings} />
      <button type="submit">{text.save}</button>
    </Form>
  );
}

function NameField({ fields, problems }: SettingsProps) {
  const text = useWords(words);
  return (
    <Field
      name="name"
      label={text.name}
      hint={text.nameHint}
      value={fields.name}
      problem={problems.name}
    />
  );
}

function GranularityChoice({ fields, problems }: SettingsProps) {
  const text = useWords(words);
  return (
    <Choices
      name="granularity_hours"
      legend={text.granularity}
      hint={text.granularityHint}
      problem={problems.granularity_hours}
    >
      {GRANULARITIES.map((hours) => (
        <Choice
          key={hours}
          type="radio"
          name="granularity_hours"
          value={String(hours)}
          checked={fields.granularity_hours === String(hours)}
        >
          {text.granularities[hours]} {hours === 0 && <span class="soft">{text.atOnce}</span>}
        </Choice>
      ))}
    </Choices>
  );
}

function FilterFields({ fields, problems, accounts, chats }: SettingsProps) {
  const text = useWords(words);
  const { whatsapp_accounts, direction, chat_type } = fields;
  const chosen = whatsapp_accounts.map(
    (phone) => accounts.find((account) => account.phone === phone) ?? { phone, fullName: '' },
  );
  const others = accounts.filter(({ phone }) => !whatsapp_accounts.includes(phone));
  const isOpen = ['whatsapp_accounts', 'direction', 'chat_type', 'chats'].some(
    (field) => problems[field],
  );
  return (
    <details class="more" open={isOpen || chats.found !== null}>
      <summary>
        {text.filters}: <FilterWords fields={fields} />
      </summary>
      <Choices
        name="whatsapp_accounts"
        legend={text.accounts}
        hint={accounts.length === 0 ? text.noAccounts : text.accountsHint}
        problem={problems.whatsapp_accounts}
      >
        {[...chosen, ...others].map(({ phone, fullName }) => (
          <Choice
            key={phone}
            type="checkbox"
            name="whatsapp_accounts"
            value={phone}
            checked={whatsapp_accounts.includes(phone)}
          >
            <bdi>{fullName || phone}</bdi> {fullName && <span class="soft">{phone}</span>}
          </Choice>
        ))}
      </Choices>
      <SelectField
        name="direction"
        label={text.direction}
        options={optionsOf(text.directions)}
        value={direction}
        problem={problems.direction}
      />
      <SelectField
        name="chat_type"
        label={text.chatType}
        options={optionsOf(text.chatTypes)}
        value={chat_type}
        problem={problems.chat_type}
      />
      <ChatChoice data={chats} problem={problems.chats} />
    </details>
  );
}

const optionsOf = (labels: Record<string, string>) =>
  Object.entries(labels).map(([value, label]) => ({ value, label }));

/** Which messages the webhook gets, in a few words. */
export function FilterWords({ fields }: { fields: Fields }) {
  const text = useWords(words);
  const { whatsapp_accounts, direction, chat_type, chats } = fields;
  const labels = (of: Record<string, string>, value: string) => value && of[value]?.toLowerCase();
  const parts = [
    labels(text.directions, direction),
    labels(text.chatTypes, chat_type),
    whatsapp_accounts.length > 0 && text.chosenAccounts(whatsapp_accounts.length),
    chats.length > 0 && text.chosenChats(chats.length),
  ].filter(Boolean);
  return <>{parts.length === 0 ? text.filtersAll : parts.join(', ')}</>;
}

function SpeedFields({ fields, problems }: SettingsProps) {
  const text = useWords(words);
  const limits = (field: 'concurrency' | 'rate_per_second') => {
    const { min, max } = rangeOf(field);
    return { type: 'number', min: String(min), max: String(max) } as const;
  };
  return (
    <details class="more" open={Boolean(problems.concurrency || problems.rate_per_second)}>
      <summary>{text.advanced}</summary>
      <Field
        name="concurrency"
        {...limits('concurrency')}
        label={text.concurrency}
        hint={text.concurrencyHint}
        value={fields.concurrency}
        problem={problems.concurrency}
        required
      />
      <Field
        name="rate_per_second"
        {...limits('rate_per_second')}
        label={text.rate}
        hint={text.rateHint}
        value={fields.rate_per_second}
        problem={problems.rate_per_second}
      />
    </details>
  );
}
