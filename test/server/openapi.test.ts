import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signedIn } from '../support/browser-like.ts';
import { ServerProcess } from '../support/server-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

let server: ServerProcess;
let document: Document;

interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
  security: Record<string, string[]>[];
}

beforeAll(async () => {
  server = await ServerProcess.start(tempFolder(), { PAKIET_PRODUCT_NAME: 'Acme & Chats' });
  document = await (await fetch(`${server.url}/api/openapi.json`)).json();
});

afterAll(async () => {
  await server.stop();
});

// The table of the issue.
const CALLS = {
  '/api/v1/me': ['get', 'patch'],
  '/api/v1/messages': ['post'],
  '/api/v1/whatsapp-accounts': ['get'],
  '/api/v1/whatsapp-accounts/{phone}': ['put'],
  '/api/v1/chats': ['get'],
  '/api/v1/chats/{chat_id}': ['delete', 'patch'],
  '/api/v1/sources': ['get', 'post'],
  '/api/v1/sources/{source_id}': ['delete', 'get', 'patch'],
  '/api/v1/sources/{source_id}/secret/reveal': ['post'],
  '/api/v1/sources/{source_id}/secret/rotate': ['post'],
  '/api/v1/webhooks': ['get', 'post'],
  '/api/v1/webhooks/{id}': ['delete', 'get', 'patch'],
  '/api/v1/webhooks/{id}/flush': ['post'],
  '/api/v1/webhooks/{id}/unsubscribe': ['post'],
  '/api/v1/webhooks/{id}/enable': ['post'],
  '/api/v1/webhooks/{id}/replay': ['post'],
  '/api/v1/webhooks/{id}/parked': ['get'],
  '/api/v1/webhooks/{id}/parked/{n}': ['delete'],
  '/api/v1/webhooks/{id}/parked/{n}/resend': ['post'],
  '/api/v1/webhooks/{id}/chats/{chat_id}/park': ['post'],
  '/api/v1/webhooks/{id}/secret/rotate': ['post'],
  '/api/v1/webhooks/{id}/test': ['post'],
  '/api/v1/webhooks/{id}/activity': ['get'],
  '/api/v1/webhooks/{id}/log': ['get'],
  '/api/v1/webhooks/{id}/counters': ['get'],
  '/api/v1/webhooks/{id}/costs': ['get'],
  '/api/v1/samples': ['get'],
};

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** Every object inside a JSON value, the value itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objectsIn(inner);
}

describe('/api/openapi.json', () => {
  test('lists every call of the API and nothing else', () => {
    const listed = Object.fromEntries(
      Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods).sort()]),
    );
    expect(listed).toEqual(CALLS);
  });

  test('is a document of OpenAPI 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Acme & Chats API', version: expect.any(String) });
    expect(document.components.securitySchemes).toEqual({
      key: { type: 'http', scheme: 'bearer' },
    });
    expect(document.security).toEqual([{ key: [] }]);
    for (const { path, operation } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(named);
      for (const parameter of declared) expect(parameter.required).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^([1-5]\d\d|[45]XX|default)$/);
        expect(typeof response.description).toBe('string');
      }
    }
  });

  test('gives every call a summary, what it takes, what it answers and its errors', () => {
    for (const { path, method, operation } of operations()) {
      expect([path, method, operation.summary]).toEqual([path, method, expect.any(String)]);
      if (
        ['post', 'put', 'patch'].includes(method) &&
        !/\/(flush|test|park|resend|reveal|rotate)$/.test(path)
      ) {
        expect(operation.requestBody?.content['application/json']?.schema).toBeDefined();
      }
      const [success] = Object.entries(operation.responses).filter(([status]) => /^2/.test(status));
      expect(success).toBeDefined();
      const [status, answer] = success as [string, Operation['responses'][string]];
      if (status !== '204') expect(answer.content?.['application/json']?.schema).toBeDefined();
      for (const range of ['4XX', '5XX']) {
        expect(operation.responses[range]?.content?.['application/json']?.schema).toEqual({
          $ref: '#/components/schemas/Error',
        });
      }
    }
  });

  test('has no reference that leads nowhere, and nothing that 3.1 has dropped', () => {
    for (const object of objectsIn(document)) {
      if (typeof object.$ref === 'string') {
        const [hash, ...steps] = object.$ref.split('/');
        expect(hash).toBe('#');
        const found = steps.reduce<unknown>(
          (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
          document,
        );
        expect([object.$ref, typeof found]).toEqual([object.$ref, 'object']);
      }
      expect(object).not.toHaveProperty('nullable');
    }
  });

  test('names the fields of the payload in /samples and of a message in /messages', () => {
    const samples = JSON.stringify(document.paths['/api/v1/samples']?.get?.responses['200']);
    for (const field of ['is_new_chat', 'aggregation', 'first_message_timestamp']) {
      expect(samples).toContain(`"${field}"`);
    }
    const messages = JSON.stringify(document.paths['/api/v1/messages']?.post?.requestBody);
    for (const field of ['attachments', 'origin', 'chat_id']) {
      expect(messages).toContain(`"${field}"`);
    }
  });
});

describe('/api/docs', () => {
  test('is a page whose scripts and styles may load under the policy it comes with', async () => {
    const browser = await signedIn(server);
    const page = await browser.get('/api/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe-');
    const html = page.text;
    expect(html).toContain('<title>API documentation</title>');
    // Nothing inline: 'self' would forbid it.
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script>|<script(?![^>]*\ssrc=)/);
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(assets.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0);
    expect(assets.filter((path) => path.endsWith('.css')).length).toBeGreaterThan(0);
    for (const path of assets) {
      const url = new URL(path, `${server.url}/api/docs`);
      expect(url.origin).toBe(server.url);
      const asset = await browser.get(url.pathname);
      expect([path, asset.status]).toEqual([path, 200]);
    }
  });
});

describe('the probes', () => {
  test('are open to all', async () => {
    const healthz = await fetch(`${server.url}/healthz`);
    expect([healthz.status, await healthz.json()]).toEqual([200, { status: 'ok' }]);
    const readyz = await fetch(`${server.url}/readyz`);
    expect([readyz.status, await readyz.json()]).toEqual([200, { status: 'ready' }]);
  });
});
