import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from './temp-folder.ts';

export interface Certificate {
  /** PEM, as a server wants them. */
  cert: string;
  key: string;
}

const OPENSSL = process.env.OPENSSL ?? 'openssl';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate authority of the test's own, made by openssl. */
export class Authority {
  readonly #folder = tempFolder();
  #made = 0;

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=An authority',
    );
  }

  /** What trusts it: for NODE_EXTRA_CA_CERTS. */
  get file(): string {
    return join(this.#folder, 'ca.pem');
  }

  /** @param names as in a subjectAltName: DNS:localhost,IP:127.0.0.1; @param days negative: expired */
  issue(names: string, days = 2): Certificate {
    this.#made += 1;
    const name = `leaf-${this.#made}`;
    writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${names}\n`);
    this.#openssl(
      'req',
      '-new',
      ...NEW_KEY,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      '/CN=A receiver',
    );
    this.#openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      String(days),
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
    return this.#read(name);
  }

  /** One that vouches for itself alone. */
  selfSigned(names: string): Certificate {
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'self.key',
      '-out',
      'self.pem',
      '-days',
      '2',
      '-subj',
      '/CN=A receiver',
      '-addext',
      `subjectAltName=${names}`,
    );
    return this.#read('self');
  }

  #read(name: string): Certificate {
    const text = (end: string) => readFileSync(join(this.#folder, `${name}.${end}`), 'utf8');
    return { cert: text('pem'), key: text('key') };
  }

  #openssl(...args: string[]): void {
    execFileSync(OPENSSL, args, { cwd: this.#folder, stdio: 'pipe' });
  }
}
