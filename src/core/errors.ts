/** A request on a webhook that its present state does not allow. */
export class WebhookDisabledError extends Error {
  constructor() {
    super('The webhook is switched off: enable it first');
    this.name = 'WebhookDisabledError';
  }
}

/** The text given as a webhook's URL is not one that can be POSTed to. */
export class InvalidTargetUrlError extends Error {
  constructor(why: string) {
    super(`${why}: write the whole address, such as https://example.com/hooks/whatsapp`);
    this.name = 'InvalidTargetUrlError';
  }
}
