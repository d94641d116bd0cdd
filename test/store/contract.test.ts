import { describe } from '@jest/globals';
import { STORES } from '../support/stores.ts';
import { accountsAndChats } from './contract/accounts-and-chats.ts';
import { counters } from './contract/counters.ts';
import { figures } from './contract/figures.ts';
import { history } from './contract/history.ts';
import { identity } from './contract/identity.ts';
import { lanes } from './contract/lanes.ts';
import { messages } from './contract/messages.ts';
import { outbox } from './contract/outbox.ts';
import { scopes } from './contract/scopes.ts';
import { sources } from './contract/sources.ts';
import { transactions } from './contract/transactions.ts';
import { webhooks } from './contract/webhooks.ts';
import { workspaces } from './contract/workspaces.ts';

// What every store must do, whatever it is made of.

for (const kind of STORES) {
  describe(kind.name, () => {
    describe('transactions', () => transactions(kind));
    describe('scopes', () => scopes(kind));
    describe('workspaces', () => workspaces(kind));
    describe('accounts and chats', () => accountsAndChats(kind));
    describe('webhooks', () => webhooks(kind));
    describe('sources', () => sources(kind));
    describe('messages', () => messages(kind));
    describe('identity', () => identity(kind));
    describe('lanes', () => lanes(kind));
    describe('history', () => history(kind));
    describe('the outbox', () => outbox(kind));
    describe('the daily counters', () => counters(kind));
    describe('the figures', () => figures(kind));
  });
}
