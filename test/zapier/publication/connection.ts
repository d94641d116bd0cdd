import packageJson from '../../../package.json' with { type: 'json' };
import { APP_NAME, authFields, CREDENTIAL, type Integration, type Rule } from './integration.ts';

const NO_SERVERS = [
  '',
  'pakiet.example.com',
  'http://pakiet.example.com',
  'ftp://pakiet.example.com',
  'javascript:alert(1)',
  'https://jane:hunter2@pakiet.example.com',
];

const A_SERVER = 'https://pakiet.example.com';

export const connectionRules: Record<string, Rule> = {
  D003: (app) => {
    const { connectionLabel } = app.authentication;
    if (typeof connectionLabel !== 'string' || !/\{\{[\w.]+\}\}/.test(connectionLabel)) {
      return ['authentication: the connection label must tell one connection from another'];
    }
    const secrets = authFields(app).filter(({ type }) => type === 'password');
    const leaks =
      CREDENTIAL.test(connectionLabel) || secrets.some(({ key }) => connectionLabel.includes(key));
    return [
      ...(leaks ? ['authentication: the connection label must not hold a credential'] : []),
      ...(APP_NAME.test(connectionLabel)
        ? ["authentication: Zapier puts the app's name in front of the connection label itself"]
        : []),
    ];
  },

  D026: async (app) => {
    const hosts = authFields(app).filter(({ key }) => /url|host|domain|server/i.test(key));
    const tries = hosts.flatMap(({ key, at }) =>
      // The last one only shows that servers are asked at all, and so that the others are refused.
      [...NO_SERVERS, A_SERVER].map((value) => ({ key, at, value })),
    );
    const asked = await Promise.all(
      tries.map(({ key, value }) => asksServer(app, { [key]: value })),
    );
    return tries
      .filter(({ value }, index) => asked[index] !== (value === A_SERVER))
      .map(({ at, value }) =>
        value === A_SERVER
          ? `${at}: the authentication test must ask ${value}`
          : `${at}: the authentication test must refuse “${value}” unasked`,
      );
  },

  'password-field': (app) =>
    authFields(app)
      .filter(({ key, label = '' }) => CREDENTIAL.test(key) || CREDENTIAL.test(label))
      .filter(({ type, isNoSecret }) => type !== 'password' || isNoSecret)
      .map(({ at }) => `${at}: a credential must be typed into a password field`),

  version: (app) =>
    /^\d+\.\d+\.\d+$/.test(app.version) && app.version === packageJson.version
      ? []
      : [`the version must be that of the package, ${packageJson.version}`],

  'platform-version': (app) => {
    const pinned = packageJson.dependencies['zapier-platform-core'];
    return /^\d/.test(pinned) && app.platformVersion === pinned
      ? []
      : [`the platform version must be the pinned dependency, ${pinned}`];
  },
};

/** Whether the authentication test, given this, sends anything or succeeds. */
async function asksServer(app: Integration, input: Record<string, string>): Promise<boolean> {
  let sent = false;
  const request = async () => {
    sent = true;
    throw new Error('No server is asked here');
  };
  const z = { request, errors: { Error, ThrottledError: Error } };
  const authData = { apiKey: 'pk_live_4f8a2c91d7e6b305', ...input };
  const succeeded = await app.authentication.test(z, { authData, inputData: {} }).then(
    () => true,
    () => false,
  );
  return sent || succeeded;
}
