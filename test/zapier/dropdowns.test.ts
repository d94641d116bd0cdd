import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import nock from './nocked.ts';
import { bundleWith, chat, JSON_HEADERS, run, SERVER, whatsappAccount } from './support.ts';

interface Choice {
  id: string;
  label: string;
}

describe('the list of WhatsApp accounts', () => {
  const listed = async (accounts: object[]) => {
    nock(SERVER).get('/api/v1/whatsapp-accounts').reply(200, accounts, JSON_HEADERS);
    return run(whatsappAccount.operation.perform, bundleWith());
  };

  test('offers each phone number under its owner’s name, if that is known', async () => {
    const jane = { phone: '+972550000000', full_name: 'Jane Smith', email: 'jane@acme.example' };
    await expect(
      listed([jane, { ...jane, phone: '+14155550123', full_name: '' }]),
    ).resolves.toEqual([
      { id: '+972550000000', label: 'Jane Smith (+972550000000)' },
      { id: '+14155550123', label: '+14155550123' },
    ]);
  });

  test('is empty before there is an account', async () => {
    await expect(listed([])).resolves.toEqual([]);
  });
});

// Without one, the platform does not even ask Zapier for a cursor.
beforeAll(() => {
  process.env.ZAPIER_DEPLOY_KEY = 'key-of-the-tests';
});

afterAll(() => {
  delete process.env.ZAPIER_DEPLOY_KEY;
});

/** A call of Zapier's own storage. */
interface RpcCall {
  id: string;
  method: string;
  params: string[];
}

/** A dropdown that is open in the editor: Zapier keeps its cursor, as long as that works. */
class OpenDropdown {
  cursor: string | null = null;
  isKept = true;

  constructor() {
    nock('https://rpc.zapier.com')
      .persist()
      .post('/cli')
      .optionally()
      .reply(async (request: Request) => this.#answer((await request.json()) as RpcCall));
  }

  #answer({ id, method, params }: RpcCall): [number, nock.Body, nock.ReplyHeaders] {
    const headers = { 'content-type': 'application/json' };
    if (!this.isKept) return [400, { id, error: 'out of order' }, headers];
    if (method === 'set_cursor') this.cursor = params[0] ?? null;
    return [200, { id, result: method === 'get_cursor' ? this.cursor : null }, headers];
  }

  async page(page: number, inputData: object = {}): Promise<Choice[]> {
    const meta = { page, isFillingDynamicDropdown: true };
    return run(chat.operation.perform, bundleWith({ meta, inputData }));
  }
}

const john = {
  chat_id: '10010001',
  full_name: 'John Doe',
  phone: '+972540000000',
  is_group: false,
  whatsapp_account: '+972550000000',
};

/** Answers one request for chats, if it asks exactly this. */
const answerChats = (query: Record<string, string>, chats: object[], next: string | null = null) =>
  nock(SERVER)
    .get('/api/v1/chats')
    .query(query)
    .reply(200, { chats, next_cursor: next }, JSON_HEADERS);

describe('the list of chats', () => {
  test('tells direct chats from groups, and on which account they are', async () => {
    answerChats({}, [
      john,
      { ...john, chat_id: '2', full_name: 'Harbour crew', phone: '', is_group: true },
      { ...john, chat_id: '3', full_name: '' },
      { ...john, chat_id: '4', full_name: '', phone: '' },
    ]);
    await expect(new OpenDropdown().page(0)).resolves.toEqual([
      { id: '10010001', label: 'John Doe (direct, +972540000000, on account +972550000000)' },
      { id: '2', label: 'Harbour crew (group, on account +972550000000)' },
      { id: '3', label: '+972540000000 (direct, on account +972550000000)' },
      { id: '4', label: 'Chat 4 (direct, on account +972550000000)' },
    ]);
  });

  test('goes on where the page before ended, until there is no more', async () => {
    const dropdown = new OpenDropdown();
    answerChats({}, [{ ...john, chat_id: '300' }], '300');
    await expect(dropdown.page(0)).resolves.toMatchObject([{ id: '300' }]);
    answerChats({ cursor: '300' }, [{ ...john, chat_id: '200' }], '200');
    await expect(dropdown.page(1)).resolves.toMatchObject([{ id: '200' }]);
    answerChats({ cursor: '200' }, [{ ...john, chat_id: '100' }]);
    await expect(dropdown.page(2)).resolves.toMatchObject([{ id: '100' }]);
    await expect(dropdown.page(3)).resolves.toEqual([]);
  });

  test('begins anew when the dropdown is opened again', async () => {
    const dropdown = new OpenDropdown();
    dropdown.cursor = '200';
    answerChats({}, [john]);
    await expect(dropdown.page(0)).resolves.toHaveLength(1);
    await expect(dropdown.page(1)).resolves.toEqual([]);
  });

  test('ends where Zapier has forgotten its cursor', async () => {
    await expect(new OpenDropdown().page(1)).resolves.toEqual([]);
  });

  test('shows what it can while Zapier cannot keep a cursor', async () => {
    const dropdown = new OpenDropdown();
    dropdown.isKept = false;
    answerChats({}, [john], '10010001');
    await expect(dropdown.page(0)).resolves.toHaveLength(1);
    await expect(dropdown.page(1)).resolves.toEqual([]);
  });

  test('is empty before there is a chat', async () => {
    answerChats({}, []);
    await expect(new OpenDropdown().page(0)).resolves.toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['a name', ' John ', 'John'],
    ['a name with a comma', 'Smith, Jane', 'Smith, Jane'],
    ['a part of a number', '+97254', '+97254'],
    ['a number', 97254, '97254'],
    ['another script', 'שלום', 'שלום'],
    ['what Zapier would fill in', '{{bundle.authData.apiKey}}', 'bundle.authData.apiKey'],
    ['a whole letter', '👋'.repeat(150), '👋'.repeat(100)],
    ['a letter cut in half', `x${'👋'.repeat(150)}`, `x${'👋'.repeat(99)}\ufffd`],
  ])('is shortened by the server when Find Chat holds %s', async (_what, chat_search, search) => {
    answerChats({ search }, [john]);
    await expect(new OpenDropdown().page(0, { chat_search })).resolves.toHaveLength(1);
  });

  test.each([undefined, null, '', '  ', [], [' ']])(
    'is whole when Find Chat is left blank as %j',
    async (chat_search) => {
      const query = {};
      answerChats(query, [john]);
      await expect(new OpenDropdown().page(0, { chat_search })).resolves.toHaveLength(1);
    },
  );

  test('is told of Find Chat, and that each further page is to be shortened too', async () => {
    expect(chat.operation.inputFields.map(({ key }) => key)).toEqual(['chat_search']);
    const dropdown = new OpenDropdown();
    answerChats({ search: 'John' }, [john], '10010001');
    await dropdown.page(0, { chat_search: 'John' });
    answerChats({ search: 'John', cursor: '10010001' }, []);
    await expect(dropdown.page(1, { chat_search: 'John' })).resolves.toEqual([]);
  });
});
