import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { remembered } from './remembered.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Every webhook has a secret. */
const OPENED_KEPT = 100_000;

/** Encrypts small secrets at rest (AES-256-GCM); remembers what it has opened. */
export class SecretBox {
  readonly #key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A key of its own for another purpose: 32 bytes, the same each time. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, '', purpose, 32));
  }

  close(secret: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws where the text was closed with another key, or altered */
  readonly open = remembered((closed) => this.#open(closed), OPENED_KEPT);

  #open(closed: string): string {
    const bytes = Buffer.from(closed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return (
      decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') +
      decipher.final('utf8')
    );
  }
}
