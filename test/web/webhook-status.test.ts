import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseNetwork } from '../../src/core/egress-guard.ts';
import { HEALTHY } from '../../src/core/health.ts';
import { titleOf } from '../../src/web/webhooks/names.ts';
import { isOutOfReach } from '../../src/web/webhooks/reach.ts';
import { statusOf } from '../../src/web/webhooks/status.ts';
import { unsentOf } from '../../src/web/webhooks/unsent.ts';

const NOW = 1_000_000;
const healthy = {
  enabled: true,
  disabledReason: null,
  disabledAt: null,
  granularityHours: 0 as const,
  lastSuccessAt: NOW - 1,
  health: HEALTHY,
};
const failing = { consecutiveErrors: 3, lastErrorAt: NOW - 5, pausedUntil: NOW + 240_000 };
const off = { ...healthy, enabled: false, disabledAt: NOW - 9 };

describe('the status of a webhook', () => {
  test.each([
    ['nothing has come yet', { lastSuccessAt: null }, null, { kind: 'nothing_yet' }],
    ['all is delivered', {}, null, { kind: 'delivering' }],
    ['something is due', { lastSuccessAt: null }, NOW, { kind: 'delivering' }],
    ['bundles are open', { granularityHours: 6 }, NOW + 5, { kind: 'gathering', next: NOW + 5 }],
    ['a bundle is due', { granularityHours: 6 }, NOW - 5, { kind: 'delivering' }],
    [
      'only a chat that pauses waits, of a webhook that gathers nothing',
      {},
      NOW + 5,
      { kind: 'retrying', next: NOW + 5 },
    ],
    [
      'it pauses after errors',
      { health: failing },
      NOW + 240_000,
      { kind: 'retrying', next: NOW + 240_000 },
    ],
    [
      'it pauses after errors, with open bundles',
      { health: failing, granularityHours: 24 },
      NOW + 900_000,
      { kind: 'retrying', next: NOW + 900_000 },
    ],
    [
      'it has failed and nothing waits',
      { health: failing },
      null,
      { kind: 'retrying', next: null },
    ],
    [
      'its Zap has subscribed just now',
      { health: { ...HEALTHY, pausedUntil: NOW + 3000 } },
      NOW + 3000,
      { kind: 'delivering' },
    ],
    [
      'errors have switched it off',
      { ...off, disabledReason: 'errors', health: { ...failing, consecutiveErrors: 11 } },
      null,
      { kind: 'off_by_errors', errors: 11, at: NOW - 9 },
    ],
    [
      'its owner has switched it off',
      { ...off, disabledReason: 'owner', health: failing },
      null,
      { kind: 'off_by_owner', at: NOW - 9 },
    ],
    [
      'its Zap is off',
      { ...off, disabledReason: 'unsubscribed' },
      null,
      { kind: 'zap_off', at: NOW - 9 },
    ],
  ] as const)('where %s', (_, given, nextAttemptAt, expected) => {
    expect(statusOf({ ...healthy, ...given }, { nextAttemptAt }, NOW)).toEqual(expected);
  });

  test('never promises a time that has passed, but for a retry that is due', () => {
    const time = fc.option(fc.integer({ min: NOW - 1000, max: NOW + 1000 }));
    fc.assert(
      fc.property(
        time,
        time,
        fc.nat(10),
        fc.constantFrom(0, 1, 24),
        (next, until, errors, hours) => {
          const health = { consecutiveErrors: errors, lastErrorAt: null, pausedUntil: until };
          const webhook = { ...healthy, granularityHours: hours as 0 | 1 | 24, health };
          const status = statusOf(webhook, { nextAttemptAt: next }, NOW);
          if (status.kind === 'gathering') expect(status.next).toBeGreaterThan(NOW);
          expect(status.kind === 'retrying' || errors === 0).toBe(true);
        },
      ),
    );
  });
});

test.each([
  [{ name: 'CRM', zapId: '7' }, 'CRM'],
  [{ name: '', zapId: '7' }, 'Zap 7'],
  [{ name: '', zapId: null }, 'crm.example:8443'],
])('a webhook is called by its name, its Zap, or its host: %j', (given, title) => {
  expect(titleOf({ ...given, targetUrl: 'https://crm.example:8443/token' })).toBe(title);
});

describe('whether the owner was told that errors have switched a webhook off', () => {
  test.each([
    ['errors', 'unsent', 'smtp_not_configured', 'no_server'],
    ['errors', 'unsent', 'no_owner_email', 'no_address'],
    ['errors', 'given_up', null, 'given_up'],
    ['errors', 'given_up', 'smtp_not_configured', 'given_up'],
    ['errors', 'waiting', null, null],
    ['errors', 'sent', null, null],
    ['owner', 'unsent', 'smtp_not_configured', null],
    [null, 'unsent', 'smtp_not_configured', null],
  ] as const)('off by %s, e-mail %s, %s', (disabledReason, state, reason, expected) => {
    const older = { state: 'sent', reason: null } as const;
    expect(unsentOf({ disabledReason }, [{ state, reason }, older])).toBe(expected);
  });

  test('without any e-mail nothing is said', () => {
    expect(unsentOf({ disabledReason: 'errors' }, [])).toBeNull();
  });
});

test.each([
  ['http://10.1.2.3/hook', [], true],
  ['http://[fd00::1]/hook', [], true],
  ['http://localhost:5678/webhook', [], true],
  ['http://n8n.localhost/webhook', [], true],
  ['http://localhost:5678/webhook', ['127.0.0.0/8'], false],
  ['http://10.1.2.3/hook', ['10.0.0.0/8'], false],
  ['https://8.8.8.8/hook', [], false],
  ['https://crm.example/hook', [], false],
])('%s, with %j allowed, is out of reach: %s', (url, allowed, expected) => {
  expect(isOutOfReach(url, allowed.map(parseNetwork))).toBe(expected);
});
