// For suites that stand in for the server. Import nock from here, never from itself: its patches sit on
// node:http, which outlives the suite, and left there they answer and crash whatever runs next.
import { afterAll, afterEach, beforeEach, expect } from '@jest/globals';
import nock from 'nock';

beforeEach(() => nock.disableNetConnect());

afterEach(() => {
  const unanswered = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(unanswered).toEqual([]);
});

afterAll(() => nock.restore());

export default nock;
