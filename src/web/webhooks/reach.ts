import { checkLiteralAddress, EgressRefusedError, type Network } from '../../core/egress-guard.ts';

/**
 * Whether deliveries to this URL are sure to be refused: its host is an address of a private network,
 * or this machine. What another name leads to shows at delivery.
 * @param allowed blocks that webhooks may reach besides the public internet
 */
export function isOutOfReach(targetUrl: string, allowed: readonly Network[]): boolean {
  const url = new URL(targetUrl);
  if (/(^|\.)localhost$/.test(url.hostname)) url.hostname = '127.0.0.1';
  try {
    checkLiteralAddress(url, allowed);
    return false;
  } catch (error) {
    if (error instanceof EgressRefusedError) return true;
    throw error;
  }
}
