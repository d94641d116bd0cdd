import { describe, expect, test } from '@jest/globals';
import type { Delivered, History, Hook, Look } from './history.ts';
import { verdict } from './verdict.ts';

const HOUR = 3_600_000;

const singles: Hook = { name: 'singles', granularityHours: 0, direction: null, receiver: 'well' };
const hourly: Hook = { name: 'hourly', granularityHours: 1, direction: null, receiver: 'well' };
const dead: Hook = { name: 'dead', granularityHours: 0, direction: 'sent', receiver: 'dead' };

/** Three messages of one chat, the third an hour later, and a server that was killed once in between. */
const history = (hooks: Hook[], delivered: Delivered[], more: Partial<History> = {}): History => ({
  hooks,
  said: [0, 1000, HOUR + 2000].map((at, i) => ({
    chat: 'John',
    text: `m${i + 1}`,
    direction: 'received',
    answered: true,
    from: at,
    to: at + 10,
  })),
  delivered,
  lives: [
    { readyAt: 0, quietAt: null, killedAt: 3 * HOUR },
    { readyAt: 3 * HOUR + 1000, quietAt: null, killedAt: null },
  ],
  moves: [{ at: 0, offset: 0 }],
  looks: [],
  mails: [],
  faults: [],
  ...more,
});

const request = (hook: Hook, texts: string[], at: number, more: Partial<Delivered> = {}) => ({
  hook: hook.name,
  id: `${hook.name}/${texts}`,
  chat: 'John',
  texts,
  messageIds: texts.map((text) => `id of ${text}`),
  life: at > 3 * HOUR ? 1 : 0,
  at,
  from: at,
  to: at,
  outcome: 'ok' as const,
  endedAt: at + 1,
  ...more,
});

const [first, second, third] = [
  request(singles, ['m1'], 20),
  request(singles, ['m2'], 1020),
  request(singles, ['m3'], HOUR + 2020),
];
const early = request(hourly, ['m1', 'm2'], HOUR + 20);
const late = request(hourly, ['m3'], 2 * HOUR + 2020);

const faults = (...given: Parameters<typeof history>) => verdict(history(...given)).faults;

describe('the verdict on a run', () => {
  test('finds nothing where all was kept', () => {
    expect(faults([singles], [first, second, third])).toEqual([]);
    expect(faults([hourly], [early, late])).toEqual([]);
  });

  test('finds a lost message', () => {
    expect(faults([singles], [first, third])).toEqual(['singles never got m2']);
    expect(faults([hourly], [early])).toEqual(['hourly never got m3']);
  });

  test('finds a swapped order, between deliveries and within one', () => {
    const swapped = [second, { ...first, at: 1030 }, third];
    expect(faults([singles], swapped)).toContainEqual(expect.stringContaining('out of order: m1'));
    const inside = request(hourly, ['m2', 'm1'], HOUR + 3020);
    expect(faults([hourly], [inside, late])).toContainEqual(
      expect.stringContaining('out of order: m2,m1'),
    );
  });

  test('finds a message that came by two ids', () => {
    const doubled = { ...third, id: 'another' };
    expect(faults([singles], [first, second, third, doubled])).toContainEqual(
      'singles got m3 by 2 different ids',
    );
  });

  test('lets only what was under way when the server died come again', () => {
    const at = 3 * HOUR + 2000;
    const again = { ...third, at, life: 1, endedAt: at };
    const answered = (before: number) => ({ ...third, endedAt: 3 * HOUR - before });
    const repeated = (before: number) =>
      faults([singles], [first, second, answered(before), again]);
    expect(repeated(20)).toEqual([]);
    expect(repeated(-20)).toEqual([]);
    expect(repeated(2000)).toEqual([expect.stringContaining('was not under way')]);
    const sameLife = { ...again, life: 0 };
    expect(faults([singles], [first, second, answered(20), sameLife])).toHaveLength(1);
    const lives = [{ readyAt: 0, quietAt: 3 * HOUR - 10, killedAt: 3 * HOUR }];
    expect(faults([singles], [first, second, answered(20), again], { lives })).toHaveLength(1);
  });

  test('finds an id that carries something else the second time', () => {
    const at = 3 * HOUR + 2000;
    const failed = { ...early, outcome: 'failed' as const };
    const cut = { ...early, texts: ['m1'], messageIds: ['id of m1'], at, life: 1 };
    expect(faults([hourly], [failed, cut, late])).toContainEqual(
      expect.stringContaining('came again with m1'),
    );
    const renamed = { ...early, messageIds: ['id of m1', 'new'], at: HOUR + 6000 };
    expect(faults([hourly], [failed, renamed, late])).toHaveLength(1);
  });

  test('finds a bundle that spans more than its window, is cut short, or comes early', () => {
    const all = request(hourly, ['m1', 'm2', 'm3'], HOUR + 3020);
    expect(faults([hourly], [all])).toEqual([expect.stringContaining('spans more')]);
    const short = [request(hourly, ['m1'], HOUR + 20), request(hourly, ['m2'], HOUR + 1020)];
    expect(faults([hourly], [...short, late])).toEqual([
      expect.stringContaining('belongs to the bundle before'),
    ]);
    const hasty = { ...early, at: HOUR - 20, from: HOUR - 20, to: HOUR - 20 };
    expect(faults([hourly], [hasty, late])).toEqual([expect.stringContaining('before its window')]);
  });

  test('finds a delivery that came late, not counting the time the server was down', () => {
    const overdue = { ...late, at: 2 * HOUR + 14_000 };
    expect(faults([hourly], [early, overdue])).toEqual([expect.stringContaining('ms late')]);
    const lives = [
      { readyAt: 0, quietAt: null, killedAt: 2 * HOUR },
      { readyAt: 2 * HOUR + 10_000, quietAt: null, killedAt: null },
    ];
    expect(faults([hourly], [early, { ...overdue, life: 1 }], { lives })).toEqual([]);
  });

  test('finds a message that nobody said, or that the webhook does not want', () => {
    const other = request(singles, ['m4'], 2 * HOUR);
    expect(faults([singles], [first, second, third, other])).toContain(
      'singles got m4, which nobody said',
    );
    const unwanted = request(dead, ['m1'], 20);
    expect(faults([dead], [unwanted])).toEqual(['dead got m1, which it does not want']);
  });
});

describe('the verdict on a webhook that fails for good', () => {
  const failures = Array.from({ length: 11 }, (_, i) => ({
    ...request(dead, ['m1'], (i + 1) * 1000),
    outcome: 'failed' as const,
  }));
  const said = history([], []).said.slice(0, 1);
  const sent = said.map((message) => ({ ...message, direction: 'sent' as const }));
  const off: Look = {
    kind: 'seen',
    hook: 'dead',
    at: 20_000,
    enabled: false,
    reason: 'errors',
    errors: 11,
    disabledAt: ['1970-01-01T00:00:11.001Z'],
  };
  const asked: Look = { kind: 'asked', hook: 'dead', at: 30_000 };
  const on: Look = { ...off, at: 40_000, enabled: true, reason: null, errors: 0, disabledAt: [] };
  const caughtUp = request(dead, ['m1'], 31_000);
  const judged = (looks: Look[], delivered = [...failures, caughtUp], mails = ['<1@x>']) =>
    faults([dead], delivered, { looks, said: sent, mails });

  test('is content when it was switched off once, by the 11th error, and caught up', () => {
    expect(judged([off, off, asked, on])).toEqual([]);
  });

  test('takes an e-mail that came twice under one Message-ID for one', () => {
    expect(judged([off, asked, on], undefined, ['<1@x>', '<1@x>'])).toEqual([]);
  });

  test.each([[[]], [['<1@x>', '<2@x>']]])('finds that not one e-mail came but %j', (mails) => {
    expect(judged([off, asked, on], undefined, mails)).toEqual([
      expect.stringContaining('1 times a webhook was switched off'),
    ]);
  });

  const all = [...failures, caughtUp];
  const whileOff = [...failures, { ...caughtUp, at: 25_000 }];

  test.each<[string, Look[], Delivered[]]>([
    ['switched itself on', [off, on], all],
    ['was left switched off', [off], all],
    ['counted 12 errors', [{ ...off, errors: 12 }, asked, on], all],
    ['was switched off by errors after 9 errors', [{ ...off, errors: 9 }, asked, on], all],
    ['was switched off by owner', [{ ...off, reason: 'owner' }, asked, on], all],
    ['was switched off twice', [off, { ...off, disabledAt: ['later'] }, asked, on], all],
    ['was switched off 2 times', [{ ...off, disabledAt: ['now', 'before'] }, asked, on], all],
    ['got 1 requests while it was off', [off, asked, on], whileOff],
    ['after 3 failures', [off, asked, on], all.slice(8)],
    ['never got m1', [off, asked, on], []],
  ])('finds that it %s', (fault, looks, delivered) => {
    expect(judged(looks, delivered)).toContainEqual(expect.stringContaining(fault));
  });
});

describe('the verdict on servers that share a store', () => {
  const fleet = (more: Partial<History>) => ({
    lives: [
      { readyAt: 0, quietAt: null, killedAt: null },
      { readyAt: 0, quietAt: null, killedAt: null },
    ],
    fleet: {
      graceMs: 13_000,
      troubles: [],
      holdings: [
        { hook: 'singles', at: 0, life: 0 },
        { hook: 'singles', at: HOUR, life: 1 },
      ],
    },
    ...more,
  });
  const stood = {
    readyAt: 0,
    quietAt: null,
    killedAt: null,
    breaks: [{ from: 1500, to: HOUR + 5000 }],
  };
  const by = (life: number, at = HOUR + 2020) => ({ ...third, life, at, endedAt: at + 1 });

  test('finds a request of one that does not hold the webhook', () => {
    expect(faults([singles], [first, second, by(1)], fleet({}))).toEqual([]);
    expect(faults([singles], [first, second, by(0)], fleet({}))).toEqual([
      expect.stringContaining('was sent by life 0 2020 ms after life 1 had taken it over'),
    ]);
  });

  test('lets what was under way come again when its server stood still, and not when another one only follows it', () => {
    const lives = [stood, { readyAt: 0, quietAt: null, killedAt: null }];
    const again = { ...second, life: 1, at: HOUR + 10, endedAt: HOUR + 11 };
    const run = (more: Partial<History>) =>
      faults([singles], [first, second, again, by(1)], fleet(more));
    expect(run({ lives })).toEqual([]);
    expect(run({})).toEqual([expect.stringContaining('was not under way')]);
  });

  test('lets one request slip past a stop, and no second one', () => {
    const lives = [stood, { readyAt: 0, quietAt: null, killedAt: null }];
    const slip = by(0, HOUR + 5010);
    const run = (...late: Delivered[]) =>
      faults([singles], [first, second, by(1), ...late], fleet({ lives }));
    expect(run(slip)).toEqual([]);
    expect(run(slip, { ...slip, at: slip.at + 1 })).toContainEqual(
      expect.stringContaining('was sent by life 0'),
    );
  });

  test('finds a delivery that came late, not counting what troubles cost', () => {
    const late = { ...second, at: 11_000, from: 11_000, to: 11_000 };
    const trouble = { what: 'cut', isOfDatabase: true, life: null, from: 500, to: 600 };
    const { fleet: calm } = fleet({});
    const run = (troubles: (typeof trouble)[]) =>
      faults([singles], [first, late, by(1)], fleet({ fleet: { ...calm, troubles } }));
    expect(run([])).toContainEqual(expect.stringContaining('ms late'));
    expect(run([trouble])).toEqual([]);
  });
});
