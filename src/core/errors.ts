/** A request on a webhook that its present state does not allow. */
export class WebhookDisabledError extends Error {
  constructor() {
    super('The webhook is switched off: enable it first');
    this.name = 'WebhookDisabledError';
  }
}

/** The text given as a webhook's URL is not one that can be POSTed to. */
export class InvalidTargetUrlError extends Error {
  readonly flaw: 'no_http_url' | 'credentials';

  constructor(flaw: InvalidTargetUrlError['flaw'], why: string) {
    super(`${why}: write the whole address, such as https://example.com/hooks/whatsapp`);
    this.name = 'InvalidTargetUrlError';
    this.flaw = flaw;
  }
}

/** What is to be changed of a Zap's webhook is its Zap's to change. */
export class ManagedByZapError extends Error {
  readonly field: string;

  constructor(field: string) {
    super(
      field === 'enabled'
        ? 'The Zap of this webhook is switched off: switch it on in Zapier, and the webhook goes on'
        : field === 'secret'
          ? 'Only its Zap could learn a new secret. To have one made, delete this webhook, then turn the Zap off and on'
          : `A Zap sets the ${field} of this webhook: change it in the Zap and publish the Zap`,
    );
    this.name = 'ManagedByZapError';
    this.field = field;
  }
}

/** The webhook was not made by Zapier, so no Zap can unsubscribe from it. */
export class NotSubscribedError extends Error {
  constructor() {
    super('No Zap has subscribed to this webhook: delete it instead, or switch it off');
    this.name = 'NotSubscribedError';
  }
}

/** Nothing of the chat is failing, so nothing can be set aside. */
export class NothingToParkError extends Error {
  constructor() {
    super('No delivery of this chat has failed: only one that keeps failing can be set aside');
    this.name = 'NothingToParkError';
  }
}

/** A filter names a chat that the workspace does not have. */
export class UnknownChatError extends Error {
  readonly chatId: string;

  constructor(chatId: string) {
    super(`There is no chat ${chatId} in this workspace: give the chat_ids that GET /chats lists`);
    this.name = 'UnknownChatError';
    this.chatId = chatId;
  }
}
